import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../plan/canonical.js';
import { codeOf } from './file-error.js';
import { objectPath, syncFolder } from './object-files.js';

/**
 * Who is about to refer to an object looks at its time: one younger than this counts as just written. A collector leaves
 * objects alone for much longer than that. In milliseconds.
 */
export const FRESH_MS = 10 * 60_000;

/** Where a collector puts an object before it removes it. */
export function asidePath(root: string, digest: Digest): string {
  return join(asideFolder(root), digest.slice('sha256:'.length));
}

export function asideFolder(root: string): string {
  return join(root, 'aside');
}

/** Out of everyone's sight, until somebody asks for it. @returns its time there in milliseconds; null: it is gone. */
export async function putAside(root: string, digest: Digest): Promise<number | null> {
  const aside = asidePath(root, digest);
  await mkdir(dirname(aside), { recursive: true });
  if (!(await renamed(objectPath(root, digest), aside))) return null;
  // Only now: until it was moved, somebody could say that it is wanted.
  return stat(aside).then(
    ({ mtimeMs }) => mtimeMs,
    (error) => goneElse(error, null),
  );
}

/**
 * Brings an object back that a collector has put aside, as one that is wanted: it may take the place of one that was
 * written meanwhile, and must not make that old.
 * @returns whether it was there.
 */
export async function takeBack(root: string, digest: Digest): Promise<boolean> {
  const object = objectPath(root, digest);
  const aside = asidePath(root, digest);
  if (!(await touch(aside)) || !(await renamed(aside, object))) return false;
  await syncFolder(dirname(object));
  return true;
}

/** Ends what was put aside, if nobody took it back. @returns whether it did. */
export async function removeAside(root: string, digest: Digest): Promise<boolean> {
  return rm(asidePath(root, digest)).then(
    () => true,
    (error) => goneElse(error, false),
  );
}

/**
 * Makes an object young, for whoever is about to refer to it: by its name, so that it fails for one that was put aside.
 * @returns false when it is not there.
 */
export async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    (error) => (codeOf(error) === 'EPERM' ? replace(path) : goneElse(error, false)),
  );
}

/** Only its owner may set a file's time. In a folder that several users share, any of them may put a copy in its place. */
async function replace(path: string): Promise<boolean> {
  const copy = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await copyFile(path, copy);
    await rename(copy, path);
    return true;
  } catch (error) {
    await rm(copy, { force: true });
    return goneElse(error, false);
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    return goneElse(error, false);
  }
}

function goneElse<T>(error: unknown, gone: T): T {
  if (codeOf(error) === 'ENOENT') return gone;
  throw error;
}
