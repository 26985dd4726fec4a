/**
 * What an item of a map costs, by the number of items, and how large the histories become. Needs a build:
 * node bench/maps.mjs [--counts 100,1000,10000] [--kinds step,light] [--json]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectClient } from '../dist/client/connect.js';
import { compilePipeline } from '../dist/dsl/compile/index.js';
import { openStore } from '../dist/store/index.js';
import { acquireStack } from '../dist/worker/embedded/index.js';
import { environmentOf } from '../dist/worker/embedded-environment.js';
import { publish } from '../dist/worker/publish.js';
import { startWorker } from '../dist/worker/start-worker.js';
import { timed } from './measure.mjs';

const { values: flags } = parseArgs({
  options: {
    counts: { type: 'string', default: '100,1000,10000' },
    kinds: { type: 'string', default: 'step,light' },
    json: { type: 'boolean' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const state = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
await chmod(state, 0o711);
const stack = await acquireStack({ cwd: root, state });
const environment = environmentOf(stack);

try {
  await publishPipeline();
  const worker = await startWorker({ environment, root, queues: [], logLevel: 'ERROR' });
  const { client, connection } = await connectClient(environment.temporal);
  await runOnce(client, 'step', 10);
  for (const kind of flags.kinds.split(','))
    for (const count of flags.counts.split(',').map(Number)) report(await measure(client, kind, count));
  await connection.close();
  await worker.stop();
} finally {
  await stack.release();
  await rm(state, { recursive: true, force: true });
}
process.exit();

async function publishPipeline() {
  const store = await openStore({ databaseUrl: environment.databaseUrl, artifacts: environment.artifacts });
  const { compiled, diagnostics } = await compilePipeline(join(root, 'bench/pipelines/map-items.ts'));
  if (!compiled) throw new Error(JSON.stringify(diagnostics, null, 2));
  await publish(compiled, store);
  await store.close();
}

async function measure(client, kind, count) {
  const workflowId = `${kind}-${count}`;
  const ms = await timed(() => runOnce(client, kind, count, workflowId));
  const own = await client.workflow.getHandle(workflowId).describe();
  const parts = await chunksOf(client, workflowId);
  const largest = (pick) => Math.max(0, ...parts.map(pick));
  return {
    kind,
    count,
    ms: Math.round(ms),
    msPerItem: Number((ms / count).toFixed(2)),
    chunks: parts.length,
    runEvents: own.historyLength,
    runKB: Math.round(own.historySize / 1024),
    largestChunkEvents: largest(({ historyLength }) => historyLength),
    largestChunkKB: Math.round(largest(({ historySize }) => historySize ?? 0) / 1024),
  };
}

async function runOnce(client, kind, n, workflowId = 'warm') {
  const result = await client.workflow.execute('bench-map', { workflowId, taskQueue: 'pawl', args: [{ n, kind }] });
  if (result.value?.n !== (n * (n + 1)) / 2) throw new Error(`wrong: ${JSON.stringify(result.value)}`);
}

/** The workflows that a run started. */
async function chunksOf(client, workflowId) {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const ids = events.flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    return started ? [started.workflowExecution.workflowId] : [];
  });
  const described = [];
  for (const id of ids) described.push(await client.workflow.getHandle(id).describe());
  return described;
}

function report(result) {
  if (flags.json) return console.log(JSON.stringify(result));
  const { kind, count, ms, msPerItem, chunks, runEvents, runKB, largestChunkEvents, largestChunkKB } = result;
  console.log(
    `${count.toLocaleString('en')} ${kind} items: ${ms} ms, ${msPerItem} ms each; run ${runEvents} events, ${runKB} KB; ` +
      `${chunks} chunks, the largest ${largestChunkEvents} events, ${largestChunkKB} KB`,
  );
}
