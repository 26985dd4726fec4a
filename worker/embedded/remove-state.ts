import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { postgresFolder } from './data-folder.js';
import { findStack } from './find-stack.js';
import { stackError } from './stack-error.js';
import { locateState, type StateOptions } from './state-folder.js';

/**
 * Deletes all that the stack of a project has kept: histories, database, artifacts. A folder that is not there is fine.
 * @throws PawlError when the stack is running, as it does for two seconds after the last command.
 */
export async function removeState(options: StateOptions = {}): Promise<void> {
  const { folder } = locateState(options);
  if (!existsSync(folder)) return;
  const status = (await findStack(options))?.status;
  if (status === 'ready' || status === 'starting') {
    throw stackError(`the stack of ${folder} is running, so its state cannot be deleted`, 'Stop its commands first.');
  }
  const postgres = await postgresFolder(folder);
  // Outside of the state folder, Postgres' data has a folder of its own, with a note whose it is.
  await rm(postgres.startsWith(folder) ? postgres : dirname(postgres), { recursive: true, force: true });
  // Other environments keep theirs in `env`.
  for (const name of await readdir(folder)) {
    if (name !== 'env') await rm(join(folder, name), { recursive: true, force: true });
  }
  if (!existsSync(join(folder, 'env'))) await rm(folder, { recursive: true, force: true });
}
