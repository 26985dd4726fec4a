import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTemporal, provisionTemporal } from '../../../worker/provision/temporal.js';

let folder: string;
let bin: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-temporal-'));
  bin = join(folder, 'bin');
  await mkdir(bin);
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  vi.stubEnv('PATH', bin);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function putProgram(file: string, prints: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${prints}\n`);
  await chmod(file, 0o755);
}

const cachedProgram = () => join(folder, 'cache', `temporal-1.5.1-${process.platform}-${process.arch}`, 'temporal');

test('a recent program on PATH wins over the cache', async () => {
  await putProgram(join(bin, 'temporal'), 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"');
  await putProgram(cachedProgram(), 'exit 0');
  expect(await findTemporal()).toEqual({ found: true, path: join(bin, 'temporal'), from: 'path' });
});

test.each([
  ['too old', 'echo "temporal version 1.1.0 (Server 1.25.0, UI 2.30.3)"'],
  ['broken', 'exit 1'],
])('a program on PATH that is %s is passed over for the cache', async (_, prints) => {
  await putProgram(join(bin, 'temporal'), prints);
  await putProgram(cachedProgram(), 'exit 0');
  expect(await findTemporal()).toEqual({ found: true, path: cachedProgram(), from: 'cache' });
});

test('looking says what is missing and what to do', async () => {
  const found = await findTemporal();
  expect(found).toMatchObject({ found: false, reason: expect.stringContaining('no `temporal` on PATH') });
  expect(found).toMatchObject({ remedy: expect.stringContaining('npm run setup') });
});

test('where nothing can be downloaded or built, the three ways out are named', { timeout: 60_000 }, async () => {
  vi.stubEnv('https_proxy', 'http://127.0.0.1:9');
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  const lines: string[] = [];
  const answer = await provisionTemporal((line) => lines.push(line));
  expect(answer).toMatchObject({ found: false, reason: expect.stringContaining('could not download') });
  expect(answer).toMatchObject({ reason: expect.stringContaining('Go is not installed') });
  expect(answer).toMatchObject({ remedy: expect.stringMatching(/on PATH.*install Go.*TEMPORAL_ADDRESS/s) });
  expect(await readdir(join(folder, 'cache'))).toEqual([]);
});

test('a build that fails is named and leaves nothing behind', { timeout: 60_000 }, async () => {
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  vi.stubEnv('https_proxy', 'http://127.0.0.1:9');
  await putProgram(join(bin, 'go'), 'echo "dial tcp: lookup failed" >&2; exit 1');
  const answer = await provisionTemporal(() => {});
  expect(answer).toMatchObject({
    reason: expect.stringMatching(/go install .*@v1\.5\.1` failed: dial tcp: lookup failed/),
  });
  expect(await readdir(join(folder, 'cache'))).toEqual([]);
});
