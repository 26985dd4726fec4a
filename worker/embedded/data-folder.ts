import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isReachableByOthers, unprivilegedUser } from '../provision/unprivileged-user.js';
import { stackError } from './stack-error.js';
import { writeAtomically } from './write-atomically.js';

/*
 * Where Postgres keeps its data: in `postgres` inside the state folder. One exception: Postgres refuses to run as root, so
 * for root it runs as another user, who must be able to reach the data. When a folder above lets no others in, such as
 * root's home, the data is in `/var/lib/pawl/data/ID` instead, and `postgres.id` in the state folder holds the ID.
 * What was decided once stays. A state folder may be moved; a copy of it would share the data, so it is refused.
 */

const SHARED_FOLDER = '/var/lib/pawl/data';
const ENTER_AND_READ = 0o755;

/** Tells where Postgres' data of a state folder is, or is to be; only the folders above it are made. */
export async function postgresFolder(folder: string): Promise<string> {
  const inside = join(folder, 'postgres');
  if (existsSync(inside)) return inside;
  const id = await readText(join(folder, 'postgres.id'));
  if (id) return sharedFolder(folder, id);
  if (!unprivilegedUser() || (await isReachableByOthers(folder))) return inside;
  const newId = randomBytes(6).toString('hex');
  await writeAtomically(join(folder, 'postgres.id'), newId);
  return sharedFolder(folder, newId);
}

async function sharedFolder(folder: string, id: string): Promise<string> {
  const home = join(SHARED_FOLDER, id);
  await mkdir(home, { recursive: true });
  for (const path of [dirname(SHARED_FOLDER), SHARED_FOLDER, home]) await chmod(path, ENTER_AND_READ);
  await claim(join(home, 'state-folder'), folder, id);
  return join(home, 'postgres');
}

async function claim(ownerFile: string, folder: string, id: string): Promise<void> {
  const owner = await readText(ownerFile);
  if (owner === folder) return;
  if (owner && (await readText(join(owner, 'postgres.id'))) === id) {
    throw stackError(
      `${folder} is a copy of ${owner}, and both would use the same Postgres data`,
      `Delete ${folder} to start with an empty state, or set PAWL_STATE to another folder.`,
    );
  }
  await writeAtomically(ownerFile, folder);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}
