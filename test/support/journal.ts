import { type Database, openDatabase } from '../../store/database.js';
import { type Journal, openJournal } from '../../store/journal.js';
import { migrate } from '../../store/migrate.js';
import { startTestPostgres, type TestPostgres } from './postgres.js';

export interface TestJournal {
  readonly server: TestPostgres;
  readonly db: Database;
  readonly journal: Journal;
  stop(): Promise<void>;
}

/** A journal in a database of its own. */
export async function startTestJournal(): Promise<TestJournal> {
  const server = await startTestPostgres();
  const db = openDatabase({ url: server.url, maxConnections: 20 });
  await migrate(db);
  return {
    server,
    db,
    journal: openJournal(db),
    stop: async () => {
      await db.close();
      await server.stop();
    },
  };
}
