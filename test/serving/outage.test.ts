import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { get, post, row, type ServingParts, startServingParts } from './serving-parts.js';

let parts: ServingParts;
beforeEach(async () => {
  parts = await startServingParts();
  await parts.deploy('delays');
});
afterEach(() => parts.stop());

const health = async (url: string) => (await get(`${url}/healthz`)).json;

test('models go on answering while Postgres is away, and their predictions are written when it is back', async () => {
  const { url } = await parts.serve({ pollMs: 50 });
  await parts.server.pause('crash');
  for (let request = 0; request < 10; request += 1) {
    const { status } = await post(`${url}/v1/models/delays:predict`, { instances: [row, row] });
    expect(status).toBe(200);
  }
  await until(async () => (await health(url)).predictions.error !== null);
  expect(await health(url)).toMatchObject({ status: 'ok', predictions: { waiting: 20 }, store: { reachable: false } });
  await parts.server.resume();
  await until(async () => (await parts.store.predictions.count('delays').catch(() => 0)) === 20);
  await until(async () => (await health(url)).store.reachable);
  expect((await health(url)).predictions).toMatchObject({ waiting: 0, written: 20, dropped: 0, error: null });
});

test('a server that starts while Postgres is away says 503 until it is back', async () => {
  await parts.server.pause();
  const { url } = await parts.serve({ pollMs: 50 });
  expect((await get(`${url}/healthz`)).status).toBe(503);
  const early = await post(`${url}/v1/models/delays:predict`, { instances: [row] });
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
  expect(early.json.error).toMatch(/deployments have not been read/);
  await parts.server.resume();
  await until(async () => (await post(`${url}/v1/models/delays:predict`, { instances: [row] })).status === 200);
  expect((await get(`${url}/healthz`)).status).toBe(200);
});

test('a deployment made after an outage is picked up', async () => {
  const { url } = await parts.serve({ pollMs: 50 });
  await parts.server.pause('crash');
  await until(async () => !(await health(url)).store.reachable);
  await parts.server.resume();
  await parts.deploy('delays');
  await until(async () => (await health(url)).models[0].version === '2');
});

test('a long outage loses the oldest predictions, counted, and never the newest', async () => {
  const { url } = await parts.serve({ pollMs: 50, mostWaiting: 5 });
  await parts.server.pause();
  for (let distance = 0; distance < 8; distance += 1) {
    await post(`${url}/v1/models/delays:predict`, { instances: [{ ...row, distance }] });
  }
  await until(async () => (await health(url)).predictions.dropped === 3);
  await parts.server.resume();
  await until(async () => (await parts.store.predictions.count('delays').catch(() => 0)) === 5);
  const rows = (await parts.store.predictions.of('delays')).map((each) => (each.row as { distance: number }).distance);
  expect(rows.sort()).toEqual([3, 4, 5, 6, 7]);
});
