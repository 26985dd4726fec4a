import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Deployment, DeploymentWatch, WatchOptions } from '../../store/index.js';
import { startTestStore, type TestStore } from '../support/store.js';
import { until } from '../support/until.js';

let parts: TestStore;
const watches: DeploymentWatch[] = [];
beforeAll(async () => {
  parts = await startTestStore();
});
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.close()));
});
afterAll(() => parts.stop());

function watch(options: WatchOptions) {
  const seen: (readonly Deployment[])[] = [];
  watches.push(parts.store.deployments.watch((deployments) => seen.push(deployments), options));
  const versionOf = (name: string) => seen.at(-1)?.find((deployment) => deployment.name === name)?.version;
  return { seen, versionOf };
}

let keys = 0;
async function deploy(name: string): Promise<number> {
  const { registry } = parts.store;
  const key = `key ${keys++}`;
  const expected = (await registry.champion(name))?.version ?? null;
  const { version } = await registry.register({ name, model: { name }, report: null, key, run: 'run-1' });
  await registry.promote({ name, version, expected, key, run: 'run-1' });
  return version;
}

test('a deployment is the champion with its model', async () => {
  await deploy('shown');
  expect(await parts.store.deployments.current()).toContainEqual({
    name: 'shown',
    version: 1,
    model: { name: 'shown' },
    since: expect.stringMatching(/Z$/),
    run: 'run-1',
  });
});

test('a change is told at once, without asking', async () => {
  const { seen, versionOf } = watch({ pollMs: 600_000 });
  await until(() => seen.length === 1);
  await deploy('told');
  await until(() => versionOf('told') === 1, 2000);
  await deploy('told');
  await until(() => versionOf('told') === 2, 2000);
  expect(seen).toHaveLength(3);
});

test('a watch lives through an outage: trouble is told once, and changes after it are seen', async () => {
  const troubles: unknown[] = [];
  const { seen, versionOf } = watch({ pollMs: 50, onTrouble: (error) => troubles.push(error) });
  await until(() => seen.length === 1);
  await parts.server.pause();
  await until(() => troubles.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(troubles).toMatchObject([{ type: 'StoreUnavailable' }]);
  await parts.server.resume();
  await until(() => troubles.length === 2);
  expect(troubles[1]).toBeNull();
  await deploy('after');
  await until(() => versionOf('after') === 1);
});

test('a closed watch is silent, and an onChange that failed is called again', async () => {
  let calls = 0;
  const failing = parts.store.deployments.watch(
    () => {
      calls += 1;
      if (calls === 1) throw new Error('not ready');
    },
    { pollMs: 20 },
  );
  await until(() => calls === 2);
  await Promise.all([failing.close(), failing.close()]);
  await deploy('unseen');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(calls).toBe(2);
});
