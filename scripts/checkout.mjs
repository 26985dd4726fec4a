import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folders that are built, as `tsconfig.build.json` lists them. */
export function builtRooms() {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  return include.filter((room) => existsSync(join(root, room)));
}

/** The files of a room that end in `.ts` or `.mjs`, relative to the root, in a fixed order. */
export function sourcesOf(room) {
  const names = readdirSync(join(root, room), { recursive: true }).sort();
  return names.filter((name) => /\.m?[tj]s$/.test(name)).map((name) => join(room, name));
}

/** A digest of all that the build depends on. */
export function sourceHash() {
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/build.mjs'];
  const hash = createHash('sha256');
  for (const file of [...settings, ...builtRooms().flatMap(sourcesOf)]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The digest of the sources that `dist` was built from, or `undefined`. */
export function builtHash() {
  return readIfThere(join(root, 'dist', '.stamp'));
}

/** A file's text, or `undefined` when it is not there. */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
