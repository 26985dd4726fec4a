import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../store/index.js';
import { startTestPostgres, type TestPostgres } from './postgres.js';

/** A whole store on a private Postgres and a folder of its own. */
export interface TestStore {
  readonly store: Store;
  readonly server: TestPostgres;
  /** The folder of the artifacts. */
  readonly artifacts: string;
  stop(): Promise<void>;
}

export async function startTestStore(): Promise<TestStore> {
  const server = await startTestPostgres();
  const artifacts = await mkdtemp(join(tmpdir(), 'pawl-test-artifacts-'));
  const store = await openStore({ databaseUrl: server.url, artifacts, maxConnections: 20 });
  const stop = async () => {
    await store.close();
    await server.stop();
    await rm(artifacts, { recursive: true, force: true });
  };
  return { store, server, artifacts, stop };
}
