import { basename } from 'node:path';
import { isPawlError } from '../../plan/failure.js';
import { databaseOwner, folderOwner, openDatabase } from '../../store/index.js';
import { findStack, locateState } from '../../worker/embedded/index.js';
import { type Environment, environmentFromVariables } from '../../worker/environment.js';
import { chosenEnvironment } from '../environment.js';
import { checkTemporalServer } from './check-temporal.js';
import { type Finding, fine } from './finding.js';

/** Which environment this is, what its queue is called, and whether its stores are its own. Starts nothing. */
export async function checkEnvironment(root: string): Promise<readonly Finding[]> {
  const { name, source, files } = chosenEnvironment();
  const read = files.length > 0 ? `; read ${files.map((file) => basename(file)).join(' and ')}` : '; no .env file';
  const chosen = fine('Environment', `${name} (from ${source})${read}`);
  const state = locateState({ cwd: root });
  const deployed = environmentFromVariables(state.folder);
  return deployed ? [chosen, ...(await checkDeployment(deployed))] : [chosen, await checkStack(root, state.folder)];
}

async function checkDeployment(environment: Environment): Promise<readonly Finding[]> {
  const { taskQueue, temporal, databaseUrl, artifacts, name } = environment;
  return [
    fine('Queue', `${taskQueue} at ${temporal.address}, namespace ${temporal.namespace}`),
    ...(await checkTemporalServer({ temporal, taskQueue })),
    await checkDatabase(databaseUrl, name),
    ownedBy('Artifacts', artifacts, { owner: await folderOwner(artifacts), name, variable: 'PAWL_ARTIFACTS' }),
  ];
}

async function checkDatabase(url: string, name: string): Promise<Finding> {
  try {
    const db = openDatabase({ url, maxConnections: 1 });
    const owner = await databaseOwner(db).finally(() => db.close());
    return ownedBy('Database', db.place, { owner, name, variable: 'DATABASE_URL' });
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return { name: 'Database', ok: false, detail: error.message, remedy: error.hint ?? null };
  }
}

function ownedBy(
  what: string,
  place: string,
  { owner, name, variable }: { owner: string | null; name: string; variable: string },
): Finding {
  if (owner === null) return fine(what, `${place}, not used yet`);
  if (owner === name) return fine(what, `${place}, of ${owner}`);
  return {
    name: what,
    ok: false,
    detail: `${place} belongs to ${owner}, not to ${name}`,
    remedy: `Check ${variable}, or move it on purpose: pawl doctor --env ${name} --claim-environment`,
  };
}

async function checkStack(root: string, folder: string): Promise<Finding> {
  const services = (await findStack({ cwd: root }))?.services;
  const state = services
    ? `runs; Temporal UI ${services.temporalUiUrl}`
    : 'not running; commands start it when they need it';
  return fine('Stack', `${state}; state in ${folder}`);
}
