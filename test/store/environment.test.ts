import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeDatabaseOwner, databaseOwner, folderOwner, openDatabase, openStore } from '../../store/index.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { samplePlan } from '../support/samples.js';

let server: TestPostgres;
let folder: string;

beforeAll(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'pawl-owner-'));
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = (schema: string, environment: string, artifacts = join(folder, schema)) =>
  openStore({ databaseUrl: server.url, artifacts, schema, environment });

const database = (schema: string) => openDatabase({ url: server.url, schema });

test('a store is kept for the environment that opened it first', async () => {
  await (await open('first', 'staging')).close();
  await (await open('first', 'staging')).close();
  await expect(open('first', 'prod')).rejects.toMatchObject({
    type: 'Conflict',
    message: expect.stringContaining('belongs to the environment "staging"; this is "prod"'),
    hint: expect.stringContaining('DATABASE_URL'),
  });
  await expect(open('other', 'prod', join(folder, 'first'))).rejects.toMatchObject({
    type: 'Conflict',
    hint: expect.stringContaining('PAWL_ARTIFACTS'),
  });
  expect(await readFile(join(folder, 'first', 'environment'), 'utf8')).toBe('staging\n');
});

test('of several that open a new one at once, one environment gets it', async () => {
  const names = ['dev', 'staging', 'prod', 'dev', 'staging', 'prod'];
  const opened = await Promise.allSettled(names.map((name) => open('race', name)));
  const winners = names.filter((_, index) => opened[index]?.status === 'fulfilled');
  for (const result of opened) if (result.status === 'fulfilled') await result.value.close();
  expect(winners).not.toEqual([]);
  const db = database('race');
  expect(new Set([...winners, await databaseOwner(db)])).toHaveProperty('size', 1);
  await db.close();
});

test('one that was in use before databases had owners is dev’s', async () => {
  const store = await open('old', 'dev');
  await store.plans.publish({ plan: samplePlan(), annotations: { nodes: {} } as never });
  await store.artifacts.putJson({ kept: true });
  await store.close();
  const db = database('old');
  await sql`delete from old.settings`.execute(db.kysely);
  await rm(join(folder, 'old', 'environment'));
  expect([await databaseOwner(db), await folderOwner(join(folder, 'old'))]).toEqual(['dev', 'dev']);
  await expect(open('old', 'prod')).rejects.toMatchObject({ message: expect.stringContaining('"dev"') });
  await changeDatabaseOwner(db, 'prod');
  expect(await databaseOwner(db)).toBe('prod');
  await db.close();
});
