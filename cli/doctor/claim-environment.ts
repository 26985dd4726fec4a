import { FailureType, PawlError } from '../../plan/failure.js';
import { changeDatabaseOwner, changeFolderOwner, databaseOwner, migrate, openDatabase } from '../../store/index.js';
import { openRunStore } from '../../store/run-store.js';
import { locateState } from '../../worker/embedded/index.js';
import { environmentFromVariables } from '../../worker/environment.js';

/**
 * Gives the stores that the variables name to the environment of this command.
 * @throws PawlError `Conflict` while runs are open: their queue stays the one of the environment they began in.
 */
export async function claimEnvironment(root: string): Promise<string> {
  const environment = environmentFromVariables(locateState({ cwd: root }).folder);
  if (!environment) {
    throw new PawlError(FailureType.InvalidInput, 'the embedded stack has stores of its own for each environment', {
      hint: 'Only stores that DATABASE_URL and PAWL_ARTIFACTS name can be moved.',
    });
  }
  const { name, databaseUrl, artifacts } = environment;
  const db = openDatabase({ url: databaseUrl, maxConnections: 1 });
  try {
    const owner = await databaseOwner(db);
    await migrate(db);
    if (owner !== name && owner !== null) await refuseOpenRuns(db, owner);
    await changeDatabaseOwner(db, name);
    await changeFolderOwner(artifacts, name);
    return `${db.place} and ${artifacts} belong to ${name} now`;
  } finally {
    await db.close();
  }
}

async function refuseOpenRuns(db: ReturnType<typeof openDatabase>, owner: string): Promise<void> {
  const runs = openRunStore(db);
  const open = await runs.list({ open: true });
  if (open.length === 0) return;
  const names = open.slice(0, 5).map(({ workflowId }) => workflowId);
  throw new PawlError(FailureType.Conflict, `${open.length} runs of "${owner}" are open: ${names.join(', ')}`, {
    hint: 'Only workers of that environment go on with them: let them end, or cancel them, first.',
  });
}
