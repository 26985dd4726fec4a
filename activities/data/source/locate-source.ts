import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidData } from '../invalid-data.js';

export interface LocatedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The local file a source's address stands for.
 * @param root The project's folder, from which relative paths and packages are looked up.
 * @throws PawlError `InvalidData` when there is no such file, it is a folder, or it is empty.
 */
export async function locateSource(uri: string, root: string): Promise<LocatedFile> {
  const path = await pathOf(uri, root);
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw invalidData(`${uri} does not exist (looked for ${path})`, 'Correct the path, or put the file there.');
  if (found.isDirectory()) throw invalidData(`${uri} is a folder (${path})`, 'Name one file in it.');
  if (found.size === 0) throw invalidData(`${uri} is empty: 0 bytes (${path})`, 'Write or download the file again.');
  return { path, bytes: found.size };
}

async function pathOf(uri: string, root: string): Promise<string> {
  if (uri.startsWith('npm:')) return packageFile(uri, root);
  if (uri.startsWith('file:')) return fileURLToPath(uri);
  return isAbsolute(uri) ? uri : resolve(root, uri);
}

/** Packages may hide their files from `require.resolve`, so the folders Node looks in are searched for the package. */
async function packageFile(uri: string, root: string): Promise<string> {
  const parts = /^npm:((?:@[^/]+\/)?[^/@][^/]*)\/(.+)$/.exec(uri);
  if (!parts) throw invalidData(`"${uri}" names no file of a package`, 'Write npm:PACKAGE/path/in/the/package.');
  const [, name, path] = parts as unknown as [string, string, string];
  for (const folder of createRequire(join(root, 'package.json')).resolve.paths(name) ?? []) {
    const home = join(folder, name);
    if (await stat(home).catch(() => undefined)) return inside(home, path, uri);
  }
  throw invalidData(`${uri}: the package "${name}" is not installed`, `Run: npm install ${name}`);
}

function inside(home: string, path: string, uri: string): string {
  const file = join(home, path);
  if (!relative(home, file).startsWith('..')) return file;
  throw invalidData(`${uri} leads out of its package`, 'Name a file inside of the package.');
}
