import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a folder all at once: `fill` works in a temporary folder beside it, which is then renamed into place.
 * When another process was faster, its folder stays and ours is thrown away; both then see the same finished folder.
 *
 * @throws whatever `fill` throws; the temporary folder is removed first.
 */
export async function installFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await removeAbandoned(target);
  const temporary = `${target}${temporaryMark()}${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(temporary);
  try {
    await fill(temporary);
    await rename(temporary, target).catch(acceptWinner);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function acceptWinner(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

/** Temporary folders whose maker was killed would stay for ever; only those of this host can be judged by process id. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `${basename(target)}${temporaryMark()}`;
  for (const name of await readdir(dirname(target))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

function temporaryMark(): string {
  return `.tmp-${hostname()}-`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
