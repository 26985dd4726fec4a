import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Digest } from '../../plan/canonical.js';
import { FRESH_MS, touch } from './aside-files.js';
import { codeOf } from './file-error.js';
import { hashFile } from './hash-file.js';

const REMEMBERED = 10_000;

/**
 * Compares files with their digests, and remembers those that fit: a file is hashed again only when its inode, size or
 * times have changed.
 */
export class VerifiedFiles {
  private readonly known = new Map<string, string>();

  /** @throws the file system's error, for example ENOENT. */
  async fits(path: string, digest: Digest): Promise<boolean> {
    const file = await open(path, 'r');
    try {
      return await this.check(file, path, digest);
    } finally {
      await file.close();
    }
  }

  /**
   * Makes a file that fits young, unless it is.
   * @returns false when it is not there.
   */
  async refresh(path: string): Promise<boolean> {
    const before = await stat(path, { bigint: true }).catch(absent);
    if (!before) return false;
    if (Number(before.mtimeMs) > Date.now() - FRESH_MS) return true;
    if (!(await touch(path))) return false;
    const after = await stat(path, { bigint: true }).catch(absent);
    // What was known of the file still holds: only its time is another one.
    if (after && this.known.get(path) === stateOf(before)) this.known.set(path, stateOf(after));
    return true;
  }

  private async check(file: FileHandle, path: string, digest: Digest): Promise<boolean> {
    const state = stateOf(await file.stat({ bigint: true }));
    if (this.known.get(path) === state) return true;
    if ((await hashFile(file)).digest !== digest) return false;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(path, state);
    return true;
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function stateOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
