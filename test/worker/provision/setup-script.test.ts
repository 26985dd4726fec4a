import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const copied = ['scripts', 'worker/provision/supervise.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A checkout with one room of one file, and this checkout's packages. */
let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'pawl-checkout-'));
  for (const path of copied) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await cp(join(root, path), join(checkout, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const settings = { extends: './tsconfig.json', include: ['plan'] };
  await writeFile(join(checkout, 'tsconfig.build.json'), JSON.stringify(settings));
  await mkdir(join(checkout, 'plan'));
  await writeSource('one', 'export const one = 1;');
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const writeSource = (name: string, text: string) => writeFile(join(checkout, 'plan', `${name}.ts`), `${text}\n`);

async function setUp(...args: string[]): Promise<{ code: number | null; said: string; printed: string }> {
  const child = spawn(process.execPath, [join(checkout, 'scripts', 'setup.mjs'), ...args]);
  let said = '';
  let printed = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdout.on('data', (chunk) => (printed += chunk));
  const [code] = await once(child, 'close');
  return { code, said, printed };
}

test('builds what has changed, and says nothing when nothing has', async () => {
  const first = await setUp('--only', 'build');
  expect(first).toMatchObject({ code: 0, printed: '', said: expect.stringMatching(/^setup: building\nsetup: ready/) });
  expect(await setUp('--only', 'build')).toEqual({ code: 0, said: '', printed: '' });

  await writeSource('two', 'export const two = 2;');
  await rm(join(checkout, 'plan', 'one.ts'));
  expect(await setUp('--only', 'build')).toMatchObject({ code: 0, said: expect.stringContaining('building') });
  const outputs = await readdir(join(checkout, 'dist', 'plan'));
  expect(outputs.sort()).toEqual(['two.d.ts', 'two.js', 'two.js.map']);
});

test('a build that fails shows the errors, and is tried again', async () => {
  await writeSource('one', 'export const one: string = 1;');
  const failed = { code: 1, printed: '', said: expect.stringMatching(/error TS2322[\s\S]*the build failed/) };
  expect(await setUp('--only', 'build')).toMatchObject(failed);
  expect(await setUp('--only', 'build')).toMatchObject(failed);
});

test('of two at the same time one builds, and both are ready', async () => {
  const both = await Promise.all([setUp('--only', 'build'), setUp('--only', 'build')]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.filter(({ said }) => said.includes('setup: building'))).toHaveLength(1);
  expect(await readdir(join(checkout, '.pawl'))).toEqual([]);
});

test('the lock of a killed set-up is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await mkdir(join(checkout, '.pawl', 'setup.lock'), { recursive: true });
  await writeFile(join(checkout, '.pawl', 'setup.lock', 'owner'), `${pid} ${hostname()}`);
  expect(await setUp('--only', 'build')).toMatchObject({ code: 0 });
  expect(await readFile(join(checkout, 'dist', '.stamp'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
});

test('a wrong option is one readable line', async () => {
  expect(await setUp('--only', 'all')).toMatchObject({
    code: 1,
    said: expect.stringMatching(/^setup: --only all .*\n$/),
  });
  expect(await setUp('--again')).toMatchObject({ code: 1, said: expect.stringMatching(/^setup: .*--again.*\n$/) });
});
