import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, isDigest } from '../../plan/canonical.js';
import { asideFolder } from './aside-files.js';
import { codeOf } from './file-error.js';

/** A file of an artifact folder. */
export interface StoredObject {
  readonly digest: Digest;
  readonly path: string;
  readonly bytes: number;
  /** When somebody last wrote it or said that it is wanted, in milliseconds. */
  readonly wantedAt: number;
}

/** Every object of an artifact folder. What has no object's name is somebody else's and is not listed. */
export async function* listObjects(root: string): AsyncGenerator<StoredObject> {
  const top = join(root, 'sha256');
  for (const shard of await namesIn(top)) {
    for (const name of await namesIn(join(top, shard))) {
      const found = await objectAt(join(top, shard, name), `sha256:${shard}${name}`);
      if (found) yield found;
    }
  }
}

/** What a collector that was killed has left aside. */
export async function listAside(root: string): Promise<readonly StoredObject[]> {
  const folder = asideFolder(root);
  const names = await namesIn(folder);
  const found = await Promise.all(names.map((name) => objectAt(join(folder, name), `sha256:${name}`)));
  return found.filter((object) => object !== null);
}

async function objectAt(path: string, digest: string): Promise<StoredObject | null> {
  if (!isDigest(digest)) return null;
  const found = await stat(path).catch(absent);
  return found?.isFile() ? { digest, path, bytes: found.size, wantedAt: found.mtimeMs } : null;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOTDIR') return [];
    return absent(error);
  });
  return (names ?? []).sort();
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
