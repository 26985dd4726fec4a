import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, relative, sep } from 'node:path';
import { type Digest, digestOf, digestOfJson } from '../../plan/canonical.js';

const CODE = /\.([cm]?js|json|node|wasm|[cm]?ts)$/;
const NOT_CODE = /\.d\.[cm]?ts$/;

const known = new Map<string, Promise<Digest>>();

/**
 * Digests of those packages that are no installed copies but links to a folder somebody works on, as in a workspace:
 * their version says nothing about what they hold. Looked at once in a process, as it loads their code once.
 *
 * @param names of packages
 * @param root folder whose packages count
 */
export async function linkedPackages(
  names: readonly string[],
  root: string,
): Promise<Readonly<Record<string, Digest>>> {
  const found = await Promise.all(names.map(async (name) => [name, await digestIfLinked(name, root)] as const));
  return Object.fromEntries(found.filter((entry): entry is [string, Digest] => entry[1] !== null));
}

async function digestIfLinked(name: string, root: string): Promise<Digest | null> {
  const folder = await packageFolder(name, root);
  if (folder === null || isInstalled(folder, name)) return null;
  const digest = known.get(folder) ?? digestOfPackage(folder);
  known.set(folder, digest);
  return digest;
}

const isInstalled = (folder: string, name: string): boolean =>
  folder.endsWith(join(sep, 'node_modules', ...name.split('/')));

/** Where Node would find it, links followed; null when it is not there. */
async function packageFolder(name: string, root: string): Promise<string | null> {
  if ((await manifestIn(root)).name === name) return realpath(root);
  const folders = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  const folder = folders.map((each) => join(each, name)).find((each) => existsSync(join(each, 'package.json')));
  return folder === undefined ? null : realpath(folder);
}

async function digestOfPackage(folder: string): Promise<Digest> {
  const { files } = await manifestIn(folder);
  const parts = files?.every((entry) => /^[\w./-]+$/.test(entry)) ? files : ['.'];
  const paths = (await Promise.all(parts.map((part) => codeFiles(join(folder, part))))).flat().sort();
  const digests = await Promise.all(
    paths.map(async (path) => [relative(folder, path), digestOf(await readFile(path))] as const),
  );
  return digestOfJson(digests);
}

async function codeFiles(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
  if (entries === null) return existsSync(path) && isCode(basename(path)) ? [path] : [];
  const found = entries.map((entry) => {
    if (entry.isDirectory()) return isSkipped(entry.name) ? [] : codeFiles(join(path, entry.name));
    return isCode(entry.name) ? [join(path, entry.name)] : [];
  });
  return (await Promise.all(found)).flat();
}

const isSkipped = (name: string): boolean => name === 'node_modules' || name.startsWith('.');
const isCode = (name: string): boolean => CODE.test(name) && !NOT_CODE.test(name);

async function manifestIn(folder: string): Promise<{ readonly name?: string; readonly files?: readonly string[] }> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  } catch {
    return {};
  }
}
