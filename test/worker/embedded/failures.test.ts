import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acquireStack, findStack, locateState } from '../../../worker/embedded/index.js';
import { makeProject, removeProject } from './project.js';

let folder: string;
beforeEach(async () => {
  folder = await makeProject();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await removeProject(folder);
});

test('a machine without the servers says so, and what to do', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  const acquired = acquireStack({ cwd: folder });
  await expect(acquired).rejects.toMatchObject({
    name: 'PawlError',
    message: expect.stringMatching(/embedded (Temporal|Postgres) is missing/),
    hint: expect.stringContaining('npm run setup'),
  });
  const info = await findStack({ cwd: folder });
  expect(info).toMatchObject({ status: 'failed', problem: { message: expect.stringContaining('is missing') } });
});

test('a path that SQLite cannot take is refused before anything is made', async () => {
  const state = join(folder, ...Array.from({ length: 5 }, () => 'x'.repeat(100)));
  await expect(acquireStack({ state })).rejects.toMatchObject({
    message: expect.stringContaining('more than 460'),
    hint: expect.stringContaining('PAWL_STATE'),
  });
});

test('a file in the place of the state folder is named', async () => {
  await writeFile(join(folder, '.pawl'), '');
  await expect(acquireStack({ cwd: folder })).rejects.toMatchObject({
    message: expect.stringContaining(join(folder, '.pawl')),
    hint: expect.stringContaining('file is in the place'),
  });
});

test('a place where nobody may write, not even root, is named', async () => {
  const state = process.platform === 'linux' ? '/sys/pawl' : '/System/pawl';
  await expect(acquireStack({ state })).rejects.toMatchObject({
    message: expect.stringContaining(state),
    hint: expect.stringContaining('PAWL_STATE'),
  });
});

test('PAWL_STATE, the nearest package.json and the current folder tell where the state is', async () => {
  const cwd = join(folder, 'a', 'b');
  await mkdir(cwd, { recursive: true });
  expect(locateState({ cwd }).folder).toBe(join(cwd, '.pawl'));
  await writeFile(join(folder, 'a', 'package.json'), '{}');
  expect(locateState({ cwd }).folder).toBe(join(folder, 'a', '.pawl'));
  vi.stubEnv('PAWL_STATE', join(folder, 'elsewhere'));
  expect(locateState({ cwd }).folder).toBe(join(folder, 'elsewhere'));
  expect(locateState({ cwd, state: join(folder, 'given') }).folder).toBe(join(folder, 'given'));
});
