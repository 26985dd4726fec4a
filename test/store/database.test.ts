import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FailureType } from '../../plan/failure.js';
import { type Database, openDatabase } from '../../store/database.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
const open: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((db) => db.close()));
});
afterAll(() => server.stop());

function database(url = server.url): Database {
  const db = openDatabase({ url, maxConnections: 4 });
  open.push(db);
  return db;
}

const one = (db: Database) => sql<{ one: number }>`select 1 as one`.execute(db.kysely).then(({ rows }) => rows[0]);
const prepared = { name: 'one', text: 'select $1::integer as one' };
const unavailable = { name: 'PawlError', type: FailureType.StoreUnavailable, retryable: true };

test('bigint reads as a number and a time as ISO 8601 in UTC, whatever the time zone of the session', async () => {
  const query = sql`select 12345678901::bigint as n, '2001-03-02 07:00:00.25+01'::timestamptz as t, '{"a":[1]}'::json as j`;
  const { rows } = await query.execute(database().kysely);
  expect(rows).toEqual([{ n: 12345678901, t: '2001-03-02T06:00:00.250Z', j: { a: [1] } }]);
});

test('a server that stops and starts gives StoreUnavailable between, and then works again', async () => {
  const db = database();
  expect(await one(db)).toEqual({ one: 1 });
  const slow = sql`select pg_sleep(30)`.execute(db.kysely);
  const cut = expect(slow).rejects.toMatchObject(unavailable);
  const inTransaction = db.kysely.transaction().execute(async (trx) => sql`select pg_sleep(30)`.execute(trx));
  const cutToo = expect(inTransaction).rejects.toMatchObject(unavailable);
  await server.pause();
  await cut;
  await cutToo;
  await expect(one(db)).rejects.toMatchObject({ ...unavailable, hint: expect.stringContaining('DATABASE_URL') });
  await expect(db.run(prepared, [1])).rejects.toMatchObject(unavailable);
  await expect(db.connect()).rejects.toMatchObject(unavailable);
  await server.resume();
  expect(await one(db)).toEqual({ one: 1 });
  expect(await db.run(prepared, [7])).toEqual([{ one: 7 }]);
});

test('the message names the server and keeps the password to itself', async () => {
  const { port } = new URL(server.url);
  const db = database(`postgres://pawl:geheim@127.0.0.1:${port}/absent`);
  const error: Error = await one(db).then(
    () => expect.unreachable(),
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject(unavailable);
  expect(error.message).toContain(`127.0.0.1:${port}/absent`);
  expect(error.message).not.toContain('geheim');
});

test('a mistake in a query is not mistaken for an outage', async () => {
  const query = sql`select no_such_column`.execute(database().kysely);
  await expect(query).rejects.toMatchObject({ name: 'error', code: '42703' });
});

test('an address that is no URL, and a schema name that is none, are refused at once', () => {
  expect(() => openDatabase({ url: 'localhost' })).toThrow(/not a URL/);
  expect(() => openDatabase({ url: server.url, schema: 'a"; drop table x' })).toThrow(/cannot name/);
});

test('closing twice is fine', async () => {
  const db = database();
  await one(db);
  await Promise.all([db.close(), db.close()]);
});

describe('connections', () => {
  test('two are enough for a hundred who want one at once', async () => {
    const db = openDatabase({ url: server.url, maxConnections: 2 });
    open.push(db);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => db.run<{ one: number }>(prepared, [n])));
    expect(answers.map(([row]) => row?.one)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  test('that nobody gives back in time are an outage that says what to do', async () => {
    const db = openDatabase({ url: server.url, maxConnections: 1, connectTimeoutMs: 300 });
    open.push(db);
    await db.kysely.connection().execute(async () => {
      await expect(db.run(prepared, [1])).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringMatching(/^the one connection of this process to Postgres at .* was busy for 0.3 s/),
        hint: expect.stringContaining('PAWL_DB_CONNECTIONS'),
      });
    });
    expect(await db.run(prepared, [1])).toEqual([{ one: 1 }]);
  });

  test('that the server has no more of are an outage, and it goes on when it has', async () => {
    const others: Database[] = [];
    const db = database();
    for (;;) {
      const other = openDatabase({ url: server.url, maxConnections: 1 });
      others.push(other);
      const full = await one(other).then(
        () => false,
        () => true,
      );
      if (full) break;
    }
    await expect(one(db)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('has run out of something it needs'),
    });
    await Promise.all(others.map((other) => other.close()));
    expect(await one(db)).toEqual({ one: 1 });
  }, 60_000);
});
