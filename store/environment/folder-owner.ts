import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ENVIRONMENT } from '../../plan/environment.js';
import { codeOf, storeUnavailable } from '../artifacts/file-error.js';
import { wrongEnvironment } from './wrong-environment.js';

const MARK = 'environment';

/**
 * The environment that a folder of artifacts belongs to; null for one that is empty or absent. One that was in use before
 * folders had owners is `dev`'s.
 */
export async function folderOwner(root: string): Promise<string | null> {
  return (await readMark(root)) ?? ((await isInUse(root)) ? DEFAULT_ENVIRONMENT : null);
}

/**
 * Makes a folder an environment's own; the first of several processes decides.
 * @throws PawlError `Conflict` when it is another environment's, `StoreUnavailable` when it cannot be written.
 */
export async function keepFolderOwner(root: string, environment: string): Promise<void> {
  const found = await folderOwner(root);
  if (found !== null && found !== environment) throw wrongFolder(root, found, environment);
  if ((await readMark(root)) === environment) return;
  await writeMark(root, environment, placeFirst);
  const owner = (await readMark(root)) ?? environment;
  if (owner !== environment) throw wrongFolder(root, owner, environment);
}

/** Gives a folder to an environment, whoever had it. */
export function changeFolderOwner(root: string, environment: string): Promise<void> {
  return writeMark(root, environment, rename);
}

async function readMark(root: string): Promise<string | null> {
  try {
    return (await readFile(join(root, MARK), 'utf8')).trim() || null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw storeUnavailable(root, error);
  }
}

async function isInUse(root: string): Promise<boolean> {
  const shards = await readdir(join(root, 'sha256')).catch(() => []);
  return shards.length > 0;
}

/** Written elsewhere first: nobody ever reads half a name. */
async function writeMark(
  root: string,
  environment: string,
  place: (draft: string, mark: string) => Promise<void>,
): Promise<void> {
  const draft = join(root, `${MARK}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(root, { recursive: true });
    const file = await open(draft, 'wx', 0o644);
    await file.writeFile(`${environment}\n`);
    await file.sync();
    await file.close();
    await place(draft, join(root, MARK));
  } catch (error) {
    throw storeUnavailable(root, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Unlike renaming, linking does not replace the mark of somebody who was faster. */
async function placeFirst(draft: string, mark: string): Promise<void> {
  try {
    await link(draft, mark);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // Some shared file systems have no links; there the time between looking and placing is not guarded.
    await rename(draft, mark);
  }
}

function wrongFolder(root: string, owner: string, environment: string) {
  return wrongEnvironment({ what: `the artifact folder ${root}`, variable: 'PAWL_ARTIFACTS', owner, environment });
}
