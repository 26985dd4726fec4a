import { expect, test } from 'vitest';
import { memoryRegistry } from '../../testing/index.js';

const name = 'delays';

test('versions count from 1 for each name, and the same key gives the same version', async () => {
  const registry = memoryRegistry();
  const register = (model: string, key: string) =>
    registry.register({ name: model, model: {}, report: {}, key, run: 'r' });
  expect((await register(name, 'a')).version).toBe(1);
  expect((await register(name, 'b')).version).toBe(2);
  expect((await register(name, 'a')).version).toBe(1);
  expect((await register('other', 'a')).version).toBe(1);
});

test('a champion changes only when it is the expected one, and a repeated call gets its first answer', async () => {
  const registry = memoryRegistry();
  for (const key of ['a', 'b']) await registry.register({ name, model: { key }, report: {}, key, run: 'r' });
  const first = { name, version: 1, expected: null, key: 'first', run: 'r' };
  expect(await registry.promote(first)).toEqual({ moved: true, champion: 1 });
  const late = { ...first, version: 2, key: 'late' };
  expect(await registry.promote(late)).toEqual({ moved: false, champion: 1 });
  expect(await registry.promote({ ...late, expected: 1, key: 'next' })).toEqual({ moved: true, champion: 2 });
  expect(await registry.promote(first)).toEqual({ moved: true, champion: 1 });
  expect((await registry.champion(name))?.version).toBe(2);
});

test('a version that was never registered cannot become champion', async () => {
  await expect(memoryRegistry().promote({ name, version: 1, expected: null, key: 'k', run: 'r' })).rejects.toThrow(
    'the model "delays" has no version 1',
  );
});
