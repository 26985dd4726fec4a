import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadCompute } from '../../activities/train/compute.js';
import { MODEL_FILES } from '../../activities/train/model-folder.js';
import { until } from '../support/until.js';
import { type Answer, get, post, row, type ServingParts, scoreOf, startServingParts } from './serving-parts.js';

let parts: ServingParts;
beforeAll(async () => {
  parts = await startServingParts();
});
afterEach(() => parts.closeServers());
afterAll(() => parts.stop());

/** Sends one request after the other from several clients, until it is stopped. */
function load(url: string, name: string, clients = 6) {
  const answers: Answer[] = [];
  let stopped = false;
  const client = async () => {
    while (!stopped) answers.push(await post(`${url}/v1/models/${name}:predict`, { instances: [row] }));
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  const stop = () => {
    stopped = true;
    return running;
  };
  return { answers, stop };
}

const versionOf = async (url: string, name: string) => {
  const { json } = await get(`${url}/healthz`);
  return json.models.find((model: { name: string }) => model.name === name);
};

test('new versions take over under load: no request fails, and each score is of the version it names', async () => {
  const biases = [0, 1, -1, 2];
  await parts.deploy('swapped', { bias: biases[0] });
  const { url } = await parts.serve({ pollMs: 600_000 });
  const traffic = load(url, 'swapped');
  for (const [index, bias] of biases.entries()) {
    if (index > 0) await parts.deploy('swapped', { bias });
    await until(() => traffic.answers.at(-1)?.json.model_version === String(index + 1));
  }
  await traffic.stop();
  expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
  for (const { json } of traffic.answers) {
    expect(json.predictions[0]).toBeCloseTo(scoreOf(biases[Number(json.model_version) - 1]!), 5);
  }
  const versions = traffic.answers.map(({ json }) => Number(json.model_version));
  expect(new Set(versions)).toEqual(new Set([1, 2, 3, 4]));
});

test('versions that were replaced leave no memory behind', async () => {
  const { tf } = await loadCompute();
  await parts.deploy('tidy');
  const { url } = await parts.serve();
  const before = tf.memory().numTensors;
  for (const version of ['2', '3']) {
    await parts.deploy('tidy');
    await until(async () => (await versionOf(url, 'tidy')).version === version);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  ['whose weights are cut short', { spoil: (folder: string) => truncate(join(folder, MODEL_FILES.weights), 4) }],
  ['without a contract', { spoil: (folder: string) => truncate(join(folder, MODEL_FILES.contract), 0) }],
  ['that gives NaN', { bias: Number.NaN }],
])('a version %s does not replace the one that works, and healthz says so', async (name, options) => {
  const model = `failing-${name.length}`;
  await parts.deploy(model, { bias: 1 });
  const { url } = await parts.serve();
  await parts.deploy(model, options);
  await until(async () => (await versionOf(url, model)).failed !== null);
  expect(await versionOf(url, model)).toMatchObject({ version: '1', failed: { version: '2' } });
  const { status, json } = await post(`${url}/v1/models/${model}:predict`, { instances: [row] });
  expect([status, json.model_version]).toEqual([200, '1']);
  const states = (await get(`${url}/v1/models/${model}`)).json.model_version_status;
  expect(states.map((each: { version: string; state: string }) => [each.version, each.state])).toEqual([
    ['2', 'END'],
    ['1', 'AVAILABLE'],
  ]);
  await parts.deploy(model, { bias: -1 });
  await until(async () => (await versionOf(url, model)).version === '3');
  expect((await versionOf(url, model)).failed).toBeNull();
});

test('a first version that cannot be loaded gives 503 with the reason', async () => {
  await parts.deploy('never', { bias: Number.NaN });
  const { url } = await parts.serve();
  const { status, json } = await post(`${url}/v1/models/never:predict`, { instances: [row] });
  expect([status, json.error]).toEqual([503, expect.stringMatching(/version 1 of model "never" cannot be loaded/)]);
});

test('an older version that becomes champion again is served again', async () => {
  await parts.deploy('back', { bias: 1 });
  await parts.deploy('back', { bias: -1 });
  const { url } = await parts.serve();
  await parts.promote('back', 1);
  await until(async () => (await versionOf(url, 'back')).version === '1');
  const { json } = await post(`${url}/v1/models/back:predict`, { instances: [row] });
  expect(json.predictions[0]).toBeCloseTo(scoreOf(1), 5);
});

test('a server that closes answers what is under way and writes what waits', async () => {
  await parts.deploy('closing');
  const server = await parts.serve();
  const url = `${server.url}/v1/models/closing:predict`;
  const requests = Array.from({ length: 20 }, () => post(url, { instances: [row, row] }));
  const settled = Promise.allSettled(requests);
  await requests[0];
  await server.close();
  // A request that the server had not begun to read may be refused; one that it answered is also logged.
  const answered = (await settled).filter((each) => each.status === 'fulfilled');
  expect(answered.length).toBeGreaterThan(0);
  expect(answered.every(({ value }) => value.status === 200)).toBe(true);
  expect(await parts.store.predictions.count('closing')).toBe(answered.length * 2);
  await expect(fetch(url)).rejects.toThrow();
});
