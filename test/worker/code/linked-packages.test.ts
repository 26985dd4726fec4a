import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'pawl-linked-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** As a new process would see it. */
async function look(...names: string[]) {
  vi.resetModules();
  const { linkedPackages } = await import('../../../worker/code/linked-packages.js');
  return linkedPackages(names, join(root, 'app'));
}

test('an installed package counts by its version; one that is linked, and the project itself, by what they hold', async () => {
  await write('app/package.json', '{ "name": "app" }');
  await write('app/main.js', 'export {};');
  await write('app/node_modules/installed/package.json', '{ "name": "installed" }');
  await write('shared/package.json', '{ "name": "shared", "files": ["dist"] }');
  await write('shared/dist/index.js', 'export const a = 1;');
  await symlink(join(root, 'shared'), join(root, 'app/node_modules/shared'));

  const before = await look('installed', 'shared', 'app', 'absent');
  expect(Object.keys(before)).toEqual(['shared', 'app']);

  await write('shared/README.md', 'words');
  await write('shared/dist/index.d.ts', 'export declare const a: number;');
  await write('shared/test/more.js', 'export {};');
  expect(await look('shared')).toEqual({ shared: before.shared });

  await write('shared/dist/index.js', 'export const a = 2;');
  expect((await look('shared')).shared).not.toBe(before.shared);
});

test('the installed copy of a scoped package is one, wherever the folder of packages is', async () => {
  await write('store/node_modules/@team/tools/package.json', '{ "name": "@team/tools" }');
  await mkdir(join(root, 'app/node_modules/@team'), { recursive: true });
  await symlink(join(root, 'store/node_modules/@team/tools'), join(root, 'app/node_modules/@team/tools'));
  expect(await look('@team/tools')).toEqual({});
});
