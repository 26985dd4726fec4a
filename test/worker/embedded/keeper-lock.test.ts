import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLockOwner, takeLock } from '../../../worker/embedded/keeper-lock.js';
import { processSpace } from '../../../worker/embedded/process-identity.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the lock is taken once while its owner lives', async () => {
  expect(await findLockOwner(folder)).toBeUndefined();
  expect(await takeLock(folder)).toBe(true);
  expect(await takeLock(folder)).toBe(false);
  expect(await findLockOwner(folder)).toMatchObject({ owner: { pid: process.pid }, foreign: false });
});

test.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, started: '1' }],
  ['a process whose id another one has now', { pid: process.pid, started: 'long ago' }],
])('a lock of %s blocks nobody', async (_, owner) => {
  await writeFile(join(folder, 'keeper-7.lock'), JSON.stringify({ ...owner, space: await processSpace() }));
  expect(await findLockOwner(folder)).toBeUndefined();
  expect(await takeLock(folder)).toBe(true);
  expect(await readdir(folder)).toEqual(['keeper-8.lock']);
});

test('a lock that was cut off while written blocks nobody', async () => {
  await writeFile(join(folder, 'keeper-1.lock'), '{"pid":');
  expect(await takeLock(folder)).toBe(true);
});

test('of many that find a dead owner, one gets the lock', async () => {
  await writeFile(join(folder, 'keeper-1.lock'), '');
  const answers = await Promise.all(Array.from({ length: 8 }, () => takeLock(folder)));
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test('a lock of another machine counts until nobody has touched it for half a minute', async () => {
  const file = join(folder, 'keeper-1.lock');
  await writeFile(file, JSON.stringify({ pid: 1, started: '1', space: 'elsewhere' }));
  expect(await findLockOwner(folder)).toMatchObject({ foreign: true });
  const old = new Date(Date.now() - 31_000);
  await utimes(file, old, old);
  expect(await findLockOwner(folder)).toBeUndefined();
});
