import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unzip } from '../../../worker/provision/unzip.js';
import { zipFile } from './zip-file.js';

let folder: string;
let archive: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-unzip-'));
  archive = join(folder, 'archive.zip');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('writes the wanted files where they are wanted, and no others', async () => {
  await writeFile(archive, zipFile({ 'lib/a.so': 'library', 'include/b/c.h': 'header', 'python/d.py': 'code' }));
  await unzip(archive, (name) => (name.startsWith('python') ? undefined : join(folder, 'out', name)));
  expect(await readFile(join(folder, 'out', 'lib', 'a.so'), 'utf8')).toBe('library');
  expect(await readFile(join(folder, 'out', 'include', 'b', 'c.h'), 'utf8')).toBe('header');
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(['include', 'lib']);
});

test('refuses a damaged archive', async () => {
  await writeFile(archive, zipFile({ a: 'text' }).subarray(0, 20));
  await expect(unzip(archive, () => join(folder, 'a'))).rejects.toThrow();
});

test('refuses an archive that would write outside', async () => {
  await writeFile(archive, zipFile({ '../outside': 'text' }));
  await expect(unzip(archive, (name) => join(folder, 'out', name))).rejects.toThrow(/invalid relative path/);
});
