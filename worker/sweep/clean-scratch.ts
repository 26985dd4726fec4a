import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOf, ownerOf, type ScratchOwner, scratchOwner } from './scratch-owner.js';

/** A folder of another machine or container that was not touched for so long is nobody's, in milliseconds. */
const LONG_AGO_MS = 86_400_000;

/** The folder in which this process makes one for each attempt; as its name says, this process'. */
export async function ownScratch(root: string): Promise<string> {
  const owner = await scratchOwner(process.pid);
  return owner ? join(root, folderOf(owner)) : root;
}

/** Removes what processes left behind that are no more: `kill -9` lets nobody clean up. */
export async function cleanScratch(root: string, own: string): Promise<void> {
  await touch(own);
  for (const folder of await readdir(root).catch(() => [])) {
    const owner = ownerOf(folder);
    const path = join(root, folder);
    if (owner && path !== own && (await isLeft(owner, path))) await rm(path, { recursive: true, force: true });
  }
}

/** Says to other machines that the folder is in use. */
async function touch(folder: string): Promise<void> {
  const now = new Date();
  await mkdir(folder, { recursive: true });
  await utimes(folder, now, now);
}

async function isLeft(owner: ScratchOwner, path: string): Promise<boolean> {
  const there = await scratchOwner(owner.pid);
  const here = await scratchOwner(process.pid);
  if (owner.space === here?.space) return there?.started !== owner.started;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < Date.now() - LONG_AGO_MS;
}
