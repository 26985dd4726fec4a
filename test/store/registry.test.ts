import { afterAll, beforeAll, expect, test } from 'vitest';
import { FailureType } from '../../plan/failure.js';
import type { RegistryStore } from '../../store/index.js';
import { startTestStore, type TestStore } from '../support/store.js';

let parts: TestStore;
let registry: RegistryStore;
beforeAll(async () => {
  parts = await startTestStore();
  registry = parts.store.registry;
});
afterAll(() => parts.stop());

const register = (name: string, key: string, model: string = key) =>
  registry.register({ name, model: { model }, report: { auc: 0.7 }, key, run: 'run-1' });
const promote = (name: string, version: number, expected: number | null, key: string) =>
  registry.promote({ name, version, expected, key, run: 'run-1' });
const twenty = <T>(make: (index: number) => Promise<T>) => Promise.all(Array.from({ length: 20 }, (_, i) => make(i)));

test('versions of twenty registrations at once are 1 to 20, without gaps', async () => {
  const versions = await twenty((index) => register('gapless', `key ${index}`));
  const numbers = versions.map(({ version }) => version).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect((await registry.versions('gapless')).map(({ version }) => version)).toEqual(numbers.reverse());
});

test('the same key gives the same version, also twenty times at once, and keeps the first model', async () => {
  const [first, ...others] = await twenty((index) => register('same', 'key', `model ${index}`));
  for (const other of others) expect(other).toEqual(first);
  expect(await registry.version('same', 1)).toEqual(first);
  expect(await registry.version('same', 2)).toBeNull();
  expect((await registry.versions('same'))[0]).toEqual({ ...first, report: { auc: 0.7 } });
});

test('of twenty promotions over the same champion one moves it', async () => {
  await twenty((index) => register('race', `key ${index}`));
  const answers = await twenty((index) => promote('race', index + 1, null, `key ${index}`));
  const winner = answers.findIndex(({ moved }) => moved) + 1;
  expect(answers.filter(({ moved }) => moved)).toHaveLength(1);
  for (const answer of answers) expect(answer.champion).toBe(winner);
  expect((await registry.champion('race'))?.version).toBe(winner);
  const log = await registry.championLog('race');
  expect(log).toHaveLength(20);
  expect(log.filter(({ moved }) => moved)).toMatchObject([{ version: winner, previous: null }]);
});

test('a promotion gives the same answer again, whatever has happened since', async () => {
  for (const key of ['a', 'b']) await register('again', key);
  const moved = await promote('again', 1, null, 'a');
  const refused = await promote('again', 2, null, 'b');
  expect(moved).toEqual({ moved: true, champion: 1 });
  expect(refused).toEqual({ moved: false, champion: 1 });
  expect(await promote('again', 2, 1, 'c')).toEqual({ moved: true, champion: 2 });
  expect(await twenty(() => promote('again', 1, null, 'a'))).toEqual(Array(20).fill(moved));
  expect(await promote('again', 2, null, 'b')).toEqual(refused);
  expect((await registry.champion('again'))?.version).toBe(2);
  expect((await registry.championLog('again')).map(({ version, moved }) => [version, moved])).toEqual([
    [2, true],
    [2, false],
    [1, true],
  ]);
});

test('an older version can become champion again', async () => {
  for (const key of ['a', 'b']) await register('back', key);
  await promote('back', 1, null, 'a');
  await promote('back', 2, 1, 'b');
  expect(await promote('back', 1, 2, 'rollback')).toEqual({ moved: true, champion: 1 });
  expect(await registry.champion('back')).toMatchObject({ version: 1, model: { model: 'a' } });
});

test('a version that was never registered cannot become champion', async () => {
  await expect(promote('nobody', 1, null, 'key')).rejects.toMatchObject({
    type: FailureType.InvalidValue,
    retryable: false,
  });
  expect(await registry.champion('nobody')).toBeNull();
  expect(await registry.championLog('nobody')).toEqual([]);
});
