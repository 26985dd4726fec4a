import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, isDigest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';

const READ_ONLY = 0o444;
const ABANDONED_MS = 24 * 3600 * 1000;

/**
 * Where an artifact's content is: `sha256/ab/cdef…` below the root, so that no folder gets too many entries.
 *
 * @throws PawlError `InvalidValue` for what is not a digest: it must never become a path.
 */
export function objectPath(root: string, digest: Digest): string {
  if (!isDigest(digest)) {
    throw new PawlError(FailureType.InvalidValue, `${JSON.stringify(digest)} is not a digest`, { retryable: false });
  }
  const hex = digest.slice('sha256:'.length);
  return join(root, 'sha256', hex.slice(0, 2), hex.slice(2));
}

/** A file being written. It becomes an object all at once, or never existed. */
export interface Draft {
  readonly file: FileHandle;
  /** Makes the file an object, which a crash of the machine does not take back. */
  keep(digest: Digest): Promise<void>;
  /** Closes it, and removes it unless it was kept. */
  discard(): Promise<void>;
}

/** Begins a file on the same disk as the objects: only there renaming is atomic. */
export async function openDraft(root: string): Promise<Draft> {
  const path = join(draftsFolder(root), randomBytes(12).toString('hex'));
  const file = await open(path, 'wx', 0o600);
  return {
    file,
    keep: async (digest) => {
      await file.chmod(READ_ONLY);
      await file.sync();
      await moveInto(path, objectPath(root, digest));
    },
    discard: async () => {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** Makes the store's folders, and removes what writers that were killed have left. */
export async function prepareFolders(root: string): Promise<void> {
  await mkdir(join(root, 'sha256'), { recursive: true });
  const drafts = draftsFolder(root);
  await mkdir(drafts, { recursive: true });
  for (const name of await readdir(drafts)) await removeAbandoned(join(drafts, name));
}

async function removeAbandoned(draft: string): Promise<void> {
  const changed = await stat(draft).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  if (Date.now() - changed > ABANDONED_MS) await rm(draft, { force: true });
}

async function moveInto(draft: string, object: string): Promise<void> {
  const shard = dirname(object);
  const created = await mkdir(shard, { recursive: true });
  await rename(draft, object);
  await syncFolder(shard);
  if (created !== undefined) await syncFolder(dirname(shard));
}

/** A rename is on disk only when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function draftsFolder(root: string): string {
  return join(root, 'drafts');
}
