import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTensorFlow, provisionTensorFlow } from '../../../worker/provision/tensorflow.js';
import { type TensorFlowTarget, tensorFlowTarget } from '../../../worker/provision/tensorflow-target.js';

let folder: string;
let calls: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-tensorflow-'));
  calls = join(folder, 'calls');
  await mkdir(join(folder, 'bin'));
  await appendFile(calls, '');
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('PAWL_TENSORFLOW', '');
  vi.stubEnv('CXX', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function putTools(): Promise<void> {
  for (const tool of ['python3', 'make', 'g++']) {
    const file = join(folder, 'bin', tool);
    await writeFile(file, `#!/bin/sh\necho ${tool} >> ${calls}\necho "No module named pip" >&2\nexit 1\n`);
    await chmod(file, 0o755);
  }
}

const callCount = async () => (await readFile(calls, 'utf8')).split('\n').length - 1;

/** What this machine would build, linked into a folder of the test's own, never into this checkout's packages. */
function target() {
  const target = tensorFlowTarget();
  return target.found ? { ...target, packageDir: join(folder, 'package') } : target;
}

const find = () => findTensorFlow(target());
const provision = (retry = false) => provisionTensorFlow({ log: () => {}, retry }, target());

async function putBuilt(): Promise<void> {
  const { cachedDir } = target() as TensorFlowTarget;
  await mkdir(join(cachedDir, 'lib', 'napi-v8'), { recursive: true });
  await mkdir(join(cachedDir, 'deps'));
  await writeFile(join(cachedDir, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
}

const addon = () => join(folder, 'package', 'lib', 'napi-v8', 'tfjs_binding.node');

test('without the tools it names them, and does not remember: installing them is the remedy', async () => {
  expect(await provision()).toEqual({
    backend: 'wasm',
    reason: 'building it needs python3, make, g++, not found on PATH',
    remedy: expect.stringContaining('install python3 with pip, make and a C++ compiler'),
  });
  expect(await find()).toMatchObject({ reason: 'native TensorFlow is not set up yet' });
});

test('a failed download is named, remembered, and tried again only on demand', { timeout: 30_000 }, async () => {
  await putTools();
  const first = await provision();
  expect(first).toMatchObject({ backend: 'wasm', reason: expect.stringMatching(/pip download .*No module named pip/) });
  expect(first).toMatchObject({ remedy: expect.stringMatching(/put tensorflow.*\.whl in .*npm run setup -- --retry/) });
  expect(await callCount()).toBe(1);

  expect(await provision()).toMatchObject({ reason: expect.stringMatching(/No module named pip \(on \d{4}-/) });
  expect(await find()).toMatchObject({ reason: expect.stringContaining('No module named pip') });
  expect(await callCount()).toBe(1);

  await provision(true);
  expect(await callCount()).toBe(2);
  expect((await readdir(join(folder, 'cache'))).every((name) => name.endsWith('.failed.json'))).toBe(true);
});

test('a wheel that somebody put in the cache is used only if it is the known file', async () => {
  await putTools();
  const wheels = join(folder, 'cache', 'wheels');
  const first = await provision();
  const [, name] = /put (\S+) in/.exec('remedy' in first ? first.remedy : '') ?? [];
  await mkdir(wheels);
  await writeFile(join(wheels, name!), 'something else');
  expect(await provision(true)).toMatchObject({ reason: expect.stringContaining('its digest differs') });
  expect(await callCount()).toBe(1);
});

test('what is built already is only linked, also when the link pointed elsewhere', async () => {
  await putBuilt();
  expect(await find()).toMatchObject({ backend: 'wasm' });
  await mkdir(join(folder, 'package', 'lib'), { recursive: true });
  await symlink(join(folder, 'of-another-version'), join(folder, 'package', 'lib', 'napi-v8'));
  expect(await provision()).toEqual({ backend: 'native', addon: addon(), variant: 'cpu' });
  expect((await readdir(join(folder, 'package'))).sort()).toEqual(['deps', 'lib']);
});

test("a link into another user's cache counts as long as it leads somewhere", async () => {
  await putBuilt();
  await provision();
  vi.stubEnv('PAWL_CACHE', join(folder, 'another-cache'));
  expect(await find()).toMatchObject({ backend: 'native' });
  await rm(join(folder, 'cache'), { recursive: true });
  expect(await find()).toMatchObject({ backend: 'wasm' });
});

test('PAWL_TENSORFLOW chooses, and a wrong value is said', async () => {
  vi.stubEnv('PAWL_TENSORFLOW', 'wasm');
  expect(await provision()).toMatchObject({ backend: 'wasm', reason: 'PAWL_TENSORFLOW=wasm asks for it' });
  vi.stubEnv('PAWL_TENSORFLOW', 'gpu');
  expect(await provision()).toMatchObject({ remedy: 'set it to cpu, cuda or wasm, or unset it' });
});

test('each variant has a folder of its own', () => {
  const platform = `${process.platform}-${process.arch}`;
  vi.stubEnv('PAWL_TENSORFLOW', 'cpu');
  const expected = join(folder, 'cache', `tfjs-node-gpu-4.22.0-tf-2.21.0-${platform}-cpu`);
  expect(tensorFlowTarget()).toMatchObject({ found: true, variant: 'cpu', cachedDir: expected });
  vi.stubEnv('PAWL_TENSORFLOW', 'cuda');
  const cuda = tensorFlowTarget();
  expect(cuda.found ? cuda.cachedDir.endsWith('-cuda') : cuda.remedy).toBe(
    platform === 'linux-x64' ? true : 'unset PAWL_TENSORFLOW',
  );
});
