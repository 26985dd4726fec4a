import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FailureType } from '../../plan/failure.js';
import { openStore, type Store, type StoreOptions } from '../../store/index.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { samplePlan } from '../support/samples.js';

let server: TestPostgres;
let folder: string;
const opened: Store[] = [];
beforeAll(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'pawl-store-'));
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(changes: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ databaseUrl: server.url, artifacts: join(folder, 'artifacts'), ...changes });
  opened.push(store);
  return store;
}

test('two stores on one database see the same, and another schema is another world', async () => {
  const [a, b, other] = await Promise.all([open(), open(), open({ schema: 'staging' })]);
  await a.plans.publish({ plan: samplePlan('shared'), annotations: { doc: '', nodes: {} } });
  expect(await b.plans.pipelineNames()).toEqual(['shared']);
  expect(await other.plans.pipelineNames()).toEqual([]);
  const artifact = await a.artifacts.putJson([1]);
  expect(await b.artifacts.getJson(artifact)).toEqual([1]);
});

test('a store over artifacts that are open already uses them', async () => {
  const { artifacts } = await open();
  expect((await open({ artifacts })).artifacts).toBe(artifacts);
});

test('a database that cannot be reached, and a folder that cannot be used, say so when the store is opened', async () => {
  const unavailable = { type: FailureType.StoreUnavailable };
  await expect(open({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toMatchObject({
    ...unavailable,
    message: expect.stringContaining('127.0.0.1:1/none'),
  });
  await writeFile(join(folder, 'file'), '');
  await expect(open({ artifacts: join(folder, 'file') })).rejects.toMatchObject(unavailable);
});
