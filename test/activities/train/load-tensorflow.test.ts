import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TensorFlow } from '../../../activities/train/load-tensorflow.js';
import { findTensorFlow } from '../../../worker/provision/index.js';

beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function load() {
  const { loadTensorFlow } = await import('../../../activities/train/load-tensorflow.js');
  return loadTensorFlow();
}

/** The loss of a small network on a problem that it can learn, before and after some training. */
async function train(tf: TensorFlow): Promise<{ first: number; last: number }> {
  const x = tf.randomNormal([512, 4], 0, 1, 'float32', 7);
  const y = x.sum(1, true).greater(0).cast('float32');
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
      tf.layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.03), loss: 'binaryCrossentropy' });
  const { history } = await model.fit(x, y, { epochs: 6, batchSize: 32, verbose: 0 });
  const loss = history.loss as number[];
  tf.dispose([x, y]);
  model.dispose();
  return { first: loss[0]!, last: loss.at(-1)! };
}

test('WebAssembly on demand: it trains, says why it was chosen, and prints no banner', {
  timeout: 60_000,
}, async () => {
  vi.stubEnv('PAWL_TENSORFLOW', 'wasm');
  const warn = vi.spyOn(console, 'warn');
  const { tf, backend, gpu, reason } = await load();
  expect({ backend, gpu, reason, name: tf.getBackend() }).toEqual({
    backend: 'wasm',
    gpu: false,
    reason: 'PAWL_TENSORFLOW=wasm asks for it',
    name: 'wasm',
  });
  const { first, last } = await train(tf);
  expect(last).toBeLessThan(first / 2);
  expect(warn).not.toHaveBeenCalled();
});

test('the backend is the one that the set-up reports, and it trains', { timeout: 60_000 }, async () => {
  const report = await findTensorFlow();
  const { tf, backend, reason } = await load();
  expect(backend).toBe(report.backend);
  expect(reason === undefined).toBe(backend === 'native');
  const { first, last } = await train(tf);
  expect(last).toBeLessThan(first / 2);
});

test('loading twice gives the same', async () => {
  vi.stubEnv('PAWL_TENSORFLOW', 'wasm');
  const { loadTensorFlow } = await import('../../../activities/train/load-tensorflow.js');
  expect(await loadTensorFlow()).toBe(await loadTensorFlow());
});
