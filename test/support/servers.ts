import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { connectClient } from '../../client/connect.js';
import { ensureNamespace } from '../../worker/cluster/ensure-namespace.js';
import { startCluster } from '../../worker/cluster/start-cluster.js';
import { acquireStack, type Stack } from '../../worker/embedded/index.js';

/** The servers of a test, and how a command finds them. */
export interface TestServers {
  readonly stack: Stack;
  readonly variables: Readonly<Record<string, string>>;
}

/** The embedded stack of a project of its own; with `PAWL_TEST_STACK=cluster` a real Temporal cluster over Postgres. */
export async function startTestServers(state: string, cwd: string): Promise<TestServers> {
  if (process.env.PAWL_TEST_STACK === 'cluster') return startClusterServers(state);
  const stack = await acquireStack({ cwd, state, graceMs: 50 });
  return { stack, variables: { PAWL_STATE: state } };
}

/** A real Temporal cluster over Postgres, with the namespace `default`. */
export async function startClusterServers(folder: string): Promise<TestServers> {
  const { temporalAddress, databaseUrl, state, stop } = await startCluster({ folder, settings: QUICK });
  const { connection } = await connectClient({ address: temporalAddress, namespace: 'default' });
  await ensureNamespace(connection, 'default').finally(() => connection.close());
  const stack: Stack = {
    ...{ temporalAddress, temporalUiUrl: '', databaseUrl, owner: true },
    ...{ state: state.folder, artifacts: state.artifacts, logs: state.logs },
    release: async () => {
      await stop();
      await keepLogsOfFailure(state.logs);
    },
    leave: () => {},
    onLost: () => {},
  };
  const servers = { DATABASE_URL: databaseUrl, PAWL_ARTIFACTS: state.artifacts, TEMPORAL_ADDRESS: temporalAddress };
  return { stack, variables: { PAWL_STATE: state.folder, ...servers } };
}

/** A new namespace is known within a second instead of ten. */
const QUICK = { 'system.namespaceCacheRefreshInterval': '1s' };

/** Set where a test of this process has failed, see keep-logs.ts. */
async function keepLogsOfFailure(logs: string): Promise<void> {
  if (!process.env.PAWL_TEST_FAILED) return;
  const kept = join('.pawl', 'test-logs', basename(expect.getState().testPath ?? 'unknown'));
  await cp(logs, kept, { recursive: true });
  console.error(`the servers' logs are in ${kept}`);
}
