import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installFolder } from '../../../worker/provision/install-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-install-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (text: string) => (temporary: string) => writeFile(join(temporary, 'file'), text);

test('the folder appears whole, and nothing else stays', async () => {
  await installFolder(join(folder, 'part'), write('one'));
  expect(await readdir(folder)).toEqual(['part']);
});

test('of two makers one wins, and the other takes the result as it is', async () => {
  await Promise.all(['one', 'two'].map((text) => installFolder(join(folder, 'part'), write(text))));
  expect(await readdir(folder)).toEqual(['part']);
  expect(['one', 'two']).toContain(await readFile(join(folder, 'part', 'file'), 'utf8'));
});

test('a failure is passed on and leaves nothing', async () => {
  const fail = () => Promise.reject(new Error('disk full'));
  await expect(installFolder(join(folder, 'part'), fail)).rejects.toThrow('disk full');
  expect(await readdir(folder)).toEqual([]);
});

test('what a killed maker left is removed, what a living one is making is not', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const leftover = `part.tmp-${hostname()}-${pid}-abcd`;
  const living = `part.tmp-${hostname()}-${process.pid}-abcd`;
  for (const name of [leftover, living]) await mkdir(join(folder, name));
  await installFolder(join(folder, 'part'), write('one'));
  expect((await readdir(folder)).sort()).toEqual(['part', living].sort());
});
