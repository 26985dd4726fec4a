import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FailureType } from '../../plan/failure.js';
import { openDatabase } from '../../store/database.js';
import { migrate } from '../../store/migrate.js';
import { migrations } from '../../store/migrations/index.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

async function withDatabase<T>(schema: string, use: (db: ReturnType<typeof openDatabase>) => Promise<T>): Promise<T> {
  const db = openDatabase({ url: server.url, schema, maxConnections: 2 });
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

test('ten that start together on an empty database all find it ready', async () => {
  await Promise.all(
    Array.from({ length: 10 }, () =>
      withDatabase('together', async (db) => {
        await migrate(db);
        await db.kysely.selectFrom('journal').selectAll().execute();
      }),
    ),
  );
  const applied = await withDatabase('together', (db) =>
    sql<{ name: string }>`select name from together.schema_version order by version`.execute(db.kysely),
  );
  expect(applied.rows.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
});

test('an older database gets only what is new to it', async () => {
  await withDatabase('older', async (db) => {
    await migrate(db, migrations.slice(0, 2));
    const run = { run_id: 'r', workflow_id: 'w', pipeline: 'p', params: '{}' };
    const at = '2001-01-01T00:00:00.000Z';
    await db.kysely
      .insertInto('runs')
      .values({ ...run, nominal_time: at, started_at: at })
      .execute();
    await migrate(db);
    await migrate(db);
    expect(await db.kysely.selectFrom('runs').select('run_id').execute()).toEqual([{ run_id: 'r' }]);
    expect(await db.kysely.selectFrom('predictions').selectAll().execute()).toEqual([]);
  });
});

test('a migration that fails leaves nothing behind', async () => {
  await withDatabase('broken', async (db) => {
    const steps = [...migrations, { name: 'wrong', sql: 'create table half (id integer); select nonsense' }];
    await expect(migrate(db, steps)).rejects.toThrow(/nonsense/);
    const { rows } = await sql`select to_regclass('broken.runs') as runs`.execute(db.kysely);
    expect(rows).toEqual([{ runs: null }]);
  });
});

test('a database of a newer version is refused, with what to do', async () => {
  await withDatabase('newer', async (db) => {
    await migrate(db, [...migrations, { name: 'from-the-future', sql: 'create table future (id integer)' }]);
    await expect(migrate(db)).rejects.toMatchObject({
      type: FailureType.StoreUnavailable,
      retryable: false,
      message: expect.stringContaining(
        `version ${migrations.length + 1}; this build of Pawl knows versions up to ${migrations.length}`,
      ),
      hint: expect.stringContaining('Update Pawl'),
    });
  });
});

test('a user who may not create schemas can work in one that is there', async () => {
  await withDatabase('given', async (db) => {
    await sql`create role tenant login`.execute(db.kysely);
    await sql`create schema given authorization tenant`.execute(db.kysely);
    const url = server.url.replace('pawl@', 'tenant@');
    const tenant = openDatabase({ url, schema: 'given' });
    await migrate(tenant).finally(() => tenant.close());
  });
});
