import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AlertStore, openAlertStore } from '../../store/alert-store.js';
import type { Database } from '../../store/database.js';
import { startTestJournal } from '../support/journal.js';

let stop: () => Promise<void>;
let db: Database;
let alerts: AlertStore;

beforeAll(async () => {
  ({ db, stop } = await startTestJournal());
  alerts = openAlertStore(db);
});
afterAll(() => stop());
beforeEach(() => sql`delete from ${sql.table(`${db.schema}.alerts`)}`.execute(db.kysely));

const take = (more: { limit?: number; attempts?: number; maxAgeMs?: number } = {}) =>
  alerts.take({ limit: 10, attempts: 3, maxAgeMs: 60_000, ...more });
const makeDue = () => db.kysely.updateTable('alerts').set({ next_at: '2001-01-01T00:00:00Z' }).execute();

test('the same event is kept once', async () => {
  const raised = await Promise.all(Array.from({ length: 8 }, () => alerts.raise({ id: 'a', body: { text: 'x' } })));
  expect(raised.filter(Boolean)).toHaveLength(1);
  expect(await take()).toEqual([{ id: 'a', body: { text: 'x' } }]);
});

test('several takers share what is due', async () => {
  for (const id of ['a', 'b', 'c']) await alerts.raise({ id, body: {} });
  const taken = await Promise.all([take({ limit: 2 }), take({ limit: 2 }), take({ limit: 2 })]);
  const ids = taken.flat().map(({ id }) => id);
  expect(ids.sort()).toEqual(['a', 'b', 'c']);
  expect(await take()).toEqual([]);
});

test('what was not sent is due again later, so often and no longer', async () => {
  await alerts.raise({ id: 'a', body: {} });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(await take()).toHaveLength(1);
    expect(await take()).toEqual([]);
    await makeDue();
  }
  expect(await take()).toEqual([]);
});

test('what was sent, only remembered or is old is not due', async () => {
  await alerts.raise({ id: 'sent', body: {} });
  await alerts.sent('sent');
  await alerts.raise({ id: 'remembered', body: null });
  await alerts.raise({ id: 'old', body: {} });
  await db.kysely.updateTable('alerts').set({ made_at: '2001-01-01T00:00:00Z' }).where('id', '=', 'old').execute();
  expect(await take()).toEqual([]);
  await alerts.forget(3_600_000);
  expect(await alerts.raise({ id: 'old', body: {} })).toBe(true);
  expect(await alerts.raise({ id: 'sent', body: {} })).toBe(false);
});
