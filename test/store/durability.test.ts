import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../store/database.js';
import { type Journal, openJournal } from '../../store/journal.js';
import { migrate } from '../../store/migrate.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { sampleClaim } from '../support/samples.js';

let server: TestPostgres;
let db: Database;
let journal: Journal;
beforeAll(async () => {
  server = await startTestPostgres({ fsync: true });
  db = openDatabase({ url: server.url });
  await migrate(db);
  journal = openJournal(db);
});
afterAll(async () => {
  await db.close();
  await server.stop();
});

test('what is committed survives a crash of Postgres, and so does a claim: its work can be committed afterwards', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [done, open] = [sampleClaim({ runId: `done ${round}` }), sampleClaim({ runId: `open ${round}` })];
    const first = await journal.claim(done);
    if (first.state !== 'claimed') throw new Error('it is committed already');
    await journal.commit({ key: done, token: first.token, output: { round } });
    const held = await journal.claim(open);
    if (held.state !== 'claimed') throw new Error('it is committed already');

    await server.pause('crash');
    await server.resume();

    expect(await journal.claim(done)).toEqual({ state: 'committed', output: { round }, reusedFrom: null, note: null });
    await journal.commit({ key: open, token: held.token, output: 'late', claim: open });
    expect((await journal.claim(open)).state).toBe('committed');
  }
});
