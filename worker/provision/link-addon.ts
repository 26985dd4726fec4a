import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readlink, rename, symlink } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { ADDON_DIR, ADDON_FILE } from './build-addon.js';
import { isFile } from './file-checks.js';
import type { TensorFlowTarget } from './tensorflow-target.js';

/** Lets the npm package use the addon in the cache, through symbolic links in the places where it looks. */
export async function linkAddon({ packageDir, cachedDir }: TensorFlowTarget): Promise<void> {
  for (const part of ['deps', ADDON_DIR]) await replaceLink(join(cachedDir, part), join(packageDir, part));
}

/**
 * The addon that the npm package would load, or `undefined`: linked to the wanted one, be it in this user's cache or in
 * another's, or put there by somebody else (the package's own install script), which is left as it is.
 */
export async function linkedAddon({ packageDir, cachedDir }: TensorFlowTarget): Promise<string | undefined> {
  const link = join(packageDir, ADDON_DIR);
  const addon = join(link, ADDON_FILE);
  const target = await targetOf(link);
  if (target !== undefined && !target.endsWith(join(sep, basename(cachedDir), ADDON_DIR))) return undefined;
  return (await isFile(addon)) ? addon : undefined;
}

/** Renaming over the old link leaves no moment without one. */
async function replaceLink(target: string, link: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  if (await isRealFolder(link)) await rename(link, `${link}.old-${randomBytes(4).toString('hex')}`);
  const temporary = `${link}.tmp-${randomBytes(4).toString('hex')}`;
  await symlink(target, temporary);
  await rename(temporary, link);
}

async function isRealFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

async function targetOf(link: string): Promise<string | undefined> {
  return readlink(link).catch(() => undefined);
}
