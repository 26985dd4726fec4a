import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity, processSpace } from './process-identity.js';
import { writeAtomically } from './write-atomically.js';

/*
 * At most one keeper serves a state folder. Each keeper writes `keeper-N.lock`, with N one higher than the last one; the
 * highest file counts, and counts only while its process lives. So a killed keeper blocks nobody, there is nothing to
 * clean up, and two that find the same dead owner compete for the same new name, which only one of them can make.
 */

const NAME = /^keeper-(\d+)\.lock$/;
const TOUCH_MS = 5000;
/** The owner's process cannot be seen from another machine or container; there the file's age must do. */
const FOREIGN_STALE_MS = 30_000;

/** Who holds the lock: a process, and the set of processes in which its id has a meaning. */
export interface LockOwner extends ProcessIdentity {
  readonly space: string;
}

/** The live owner of a state folder's lock, and whether it is on another machine or in another container. */
export interface HeldLock {
  readonly owner: LockOwner;
  readonly foreign: boolean;
}

interface LockFile {
  readonly number: number;
  readonly path: string;
}

/** Tells who holds the lock of a state folder; `undefined` when nobody alive does. */
export async function findLockOwner(folder: string): Promise<HeldLock | undefined> {
  const [highest] = await listLocks(folder);
  return highest && liveOwner(highest);
}

/**
 * Takes the lock for this process, until the process ends.
 * @returns false when a live process has it.
 */
export async function takeLock(folder: string): Promise<boolean> {
  const [highest] = await listLocks(folder);
  if (highest && (await liveOwner(highest))) return false;
  const mine = lockFile(folder, (highest?.number ?? 0) + 1);
  if (!(await createLock(mine))) return false;
  const [first, ...older] = await listLocks(folder);
  if (first?.number !== mine.number) {
    await rm(mine.path, { force: true });
    return false;
  }
  for (const file of older) await rm(file.path, { force: true });
  keepFresh(mine);
  return true;
}

function lockFile(folder: string, number: number): LockFile {
  return { number, path: join(folder, `keeper-${number}.lock`) };
}

/** Highest number first. */
async function listLocks(folder: string): Promise<LockFile[]> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.map((name) => Number(NAME.exec(name)?.[1])).filter((number) => number > 0);
  return numbers.sort((a, b) => b - a).map((number) => lockFile(folder, number));
}

/** The file appears with its text in it, or not at all; `link` refuses a name that is taken. */
async function createLock({ path }: LockFile): Promise<boolean> {
  const me = await identify(process.pid);
  if (!me) throw new Error(`process ${process.pid} cannot see itself`);
  const owner: LockOwner = { ...me, space: await processSpace() };
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  await writeAtomically(draft, JSON.stringify(owner));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function liveOwner({ path }: LockFile): Promise<HeldLock | undefined> {
  const owner = await readOwner(path);
  if (!owner) return undefined;
  const foreign = owner.space !== (await processSpace());
  const alive = foreign ? await isFresh(path) : await isRunning(owner);
  return alive ? { owner, foreign } : undefined;
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner;
  } catch {
    return undefined;
  }
}

async function isFresh(path: string): Promise<boolean> {
  const age = await stat(path).then(
    (info) => Date.now() - info.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  return age < FOREIGN_STALE_MS;
}

function keepFresh({ path }: LockFile): void {
  const touch = () => utimes(path, new Date(), new Date()).catch(() => {});
  setInterval(touch, TOUCH_MS).unref();
}
