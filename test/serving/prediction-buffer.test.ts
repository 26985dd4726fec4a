import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../plan/canonical.js';
import { PredictionBuffer } from '../../serving/prediction-buffer.js';
import type { Prediction } from '../../store/index.js';
import { startTestStore, type TestStore } from '../support/store.js';
import { until } from '../support/until.js';

let parts: TestStore;
beforeAll(async () => {
  parts = await startTestStore();
});
afterAll(() => parts.stop());

function predictions(model: string, count: number, id: () => string = randomUUID): Prediction[] {
  const at = new Date().toISOString();
  const common = { model, version: 1, contract: digestOf('contract'), requestId: null, row: {}, score: 0.5, at };
  return Array.from({ length: count }, () => ({ ...common, id: id() }));
}

/** A buffer over the real log that also counts the batches. */
function openBuffer() {
  const batches: number[] = [];
  const refused: string[] = [];
  const log = async (batch: readonly Prediction[]) => {
    batches.push(batch.length);
    await parts.store.predictions.log(batch);
  };
  const buffer = new PredictionBuffer({ log, onRefused: ({ id }) => refused.push(id) });
  return { buffer, batches, refused };
}

test('few rows are written together after a moment', async () => {
  const { buffer, batches } = openBuffer();
  for (const prediction of predictions('few', 20)) buffer.add([prediction]);
  expect(buffer.state()).toMatchObject({ waiting: 20, written: 0 });
  await until(() => buffer.state().written === 20);
  expect(batches).toEqual([20]);
});

test('many rows are written at once, 500 at a time', async () => {
  const { buffer, batches } = openBuffer();
  buffer.add(predictions('many', 1200));
  await until(() => buffer.state().written === 1200);
  expect(batches).toEqual([500, 500, 200]);
  expect(await parts.store.predictions.count('many')).toBe(1200);
});

test('a row that the database refuses does not take others with it', async () => {
  const { buffer, refused } = openBuffer();
  buffer.add([...predictions('mixed', 6), ...predictions('mixed', 1, () => 'no uuid'), ...predictions('mixed', 4)]);
  expect(await buffer.close()).toBe(0);
  expect(buffer.state()).toMatchObject({ written: 10, refused: 1, waiting: 0 });
  expect(refused).toEqual(['no uuid']);
  expect(await parts.store.predictions.count('mixed')).toBe(10);
});

test('closing writes what waits, and gives up in time when the database is away', async () => {
  const { buffer } = openBuffer();
  buffer.add(predictions('closed', 700));
  expect(await buffer.close()).toBe(0);
  expect(await parts.store.predictions.count('closed')).toBe(700);
  const late = openBuffer().buffer;
  await parts.server.pause();
  late.add(predictions('closed', 3));
  expect(await late.close(1000)).toBe(3);
  await parts.server.resume();
});
