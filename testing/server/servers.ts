import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../worker/environment.js';
import type { TestServerOptions } from './server-options.js';

/** The servers of a test, with data of their own that is removed at the end. */
export interface Servers {
  readonly environment: Environment;
  stop(): Promise<void>;
}

export async function startServers({ skipTime = true, log }: TestServerOptions): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-test-server-'));
  // Postgres may run as another user.
  await chmod(folder, 0o711);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { stop, ...found } = await (skipTime ? startSkipping(folder, log) : startEmbedded(folder, log));
    const environment = { ...found, name: 'dev', scratch: join(folder, 'scratch'), taskQueue: 'pawl', uiUrl: null };
    return { environment, stop: () => stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Started = Pick<Environment, 'temporal' | 'databaseUrl' | 'artifacts'> & { stop(): Promise<void> };

const SETTINGS = {
  'frontend.WorkflowTimeSkippingEnabled': true,
  /** A new namespace is known within a second instead of ten. */
  'system.namespaceCacheRefreshInterval': '1s',
} as const;

async function startSkipping(folder: string, log: TestServerOptions['log']): Promise<Started> {
  const [{ startCluster }, { ensureNamespace }, { connectClient }] = await Promise.all([
    import('../../worker/cluster/start-cluster.js'),
    import('../../worker/cluster/ensure-namespace.js'),
    import('../../client/connect.js'),
  ]);
  const { temporalAddress, databaseUrl, state, stop } = await startCluster({ folder, settings: SETTINGS, log });
  const temporal = { address: temporalAddress, namespace: 'default' };
  try {
    const { connection } = await connectClient(temporal);
    await ensureNamespace(connection, temporal.namespace).finally(() => connection.close());
    return { temporal, databaseUrl, artifacts: state.artifacts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEmbedded(folder: string, log: TestServerOptions['log']): Promise<Started> {
  const { acquireStack } = await import('../../worker/embedded/index.js');
  const stack = await acquireStack({ state: folder, log, graceMs: 0 });
  const { temporalAddress: address, databaseUrl, artifacts } = stack;
  return { temporal: { address, namespace: 'default' }, databaseUrl, artifacts, stop: () => stack.release() };
}
