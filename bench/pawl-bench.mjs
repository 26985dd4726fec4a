/** An embedded stack with a Pawl worker and the benchmarks' pipelines on it. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectClient } from '../dist/client/connect.js';
import { compilePipeline } from '../dist/dsl/compile/index.js';
import { openStore } from '../dist/store/index.js';
import { acquireStack } from '../dist/worker/embedded/index.js';
import { publish } from '../dist/worker/publish.js';
import { startWorker } from '../dist/worker/start-worker.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Publishes the pipelines and calls `use` with a client of Temporal's and the stack; cleans up whatever happens.
 * @param files names under bench/pipelines
 */
export async function withPawl(files, use) {
  const state = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
  await chmod(state, 0o711);
  const stack = await acquireStack({ cwd: root, state });
  const temporal = { address: stack.temporalAddress, namespace: 'default' };
  const { databaseUrl, artifacts } = stack;
  try {
    await publishPipelines(files, { databaseUrl, artifacts });
    const scratch = join(state, 'scratch');
    const environment = { name: 'dev', temporal, databaseUrl, artifacts, scratch, taskQueue: 'pawl', uiUrl: null };
    const worker = await startWorker({ environment, root, queues: [] });
    const { client, connection } = await connectClient(temporal);
    try {
      await use({ client, stack, temporal, state });
    } finally {
      await connection.close();
      await worker.stop();
    }
  } finally {
    await stack.release();
    await rm(state, { recursive: true, force: true });
  }
}

async function publishPipelines(files, options) {
  const store = await openStore(options);
  for (const file of files) {
    const { compiled, diagnostics } = await compilePipeline(join(root, 'bench/pipelines', `${file}.ts`));
    if (!compiled) throw new Error(JSON.stringify(diagnostics, null, 2));
    await publish(compiled, store);
  }
  await store.close();
}

/** Options of a run that nobody else started. */
export function newRun() {
  return { workflowId: `bench-${process.hrtime.bigint()}` };
}
