import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../plan/canonical.js';
import type { Prediction } from '../../store/index.js';
import { startTestStore, type TestStore } from '../support/store.js';

let parts: TestStore;
beforeAll(async () => {
  parts = await startTestStore();
});
afterAll(() => parts.stop());

const prediction = (index: number, changes: Partial<Prediction> = {}): Prediction => ({
  id: randomUUID(),
  model: 'flight-delays',
  version: 3,
  contract: digestOf('contract'),
  requestId: index % 2 === 0 ? null : `request "${index}", {odd}`,
  row: { origin: 'ATL', note: '{"\\ \u0000', distance: index },
  score: index / 1000,
  at: new Date(Date.UTC(2001, 0, 1) + index).toISOString(),
  ...changes,
});

test('a large batch is kept, once, as it was sent', async () => {
  const { predictions } = parts.store;
  const batch = Array.from({ length: 10_000 }, (_, index) => prediction(index));
  await predictions.log(batch);
  await predictions.log(batch.slice(5000));
  await predictions.log([]);
  expect(await predictions.count('flight-delays')).toBe(10_000);
  expect(await predictions.of('flight-delays', { limit: 3 })).toEqual(batch.slice(-3).reverse());
});

test('a batch with a bad row leaves nothing behind', async () => {
  const { predictions } = parts.store;
  const bad = [prediction(1, { model: 'bad' }), prediction(2, { model: 'bad', id: 'not a uuid' })];
  await expect(predictions.log(bad)).rejects.toThrow(/uuid/);
  expect(await predictions.count('bad')).toBe(0);
  expect(await predictions.of('bad')).toEqual([]);
});
