/**
 * Pawl beside the same workflows written by hand, on the same server in the same run: rounds interleaved, medians.
 * `--json` prints one object a line; `--rounds N` changes the number of rounds (default 7), `--only TEXT` takes
 * the benchmarks whose name holds the text.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { compilePipeline } from '../dist/dsl/compile/index.js';
import { openStore } from '../dist/store/index.js';
import { acquireStack } from '../dist/worker/embedded/index.js';
import { publish } from '../dist/worker/publish.js';
import { startWorker } from '../dist/worker/start-worker.js';
import { connectClient } from '../dist/worker/temporal/connect.js';

const REFERENCE_QUEUE = 'bench-reference';
const BENCHES = [
  { name: 'chain of 100 remote steps', pawl: 'bench-chain', reference: 'referenceChain', n: 1 },
  { name: 'chain of 100 light steps', pawl: 'bench-light-chain', reference: 'referenceLightChain', n: 1 },
  { name: 'fan-out of 200 remote steps', pawl: 'bench-fan-out', reference: 'referenceFanOut', n: 200 },
];

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const state = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
await chmod(state, 0o711);
const stack = await acquireStack({ cwd: root, state });
const temporal = { address: stack.temporalAddress, namespace: 'default' };
const environment = {
  temporal,
  databaseUrl: stack.databaseUrl,
  artifacts: stack.artifacts,
  scratch: join(state, 'scratch'),
  taskQueue: 'pawl',
  uiUrl: null,
};

try {
  await publishPipelines();
  const pawl = await startWorker({ environment, root, queues: [] });
  const reference = await startReferenceWorker();
  const { client, connection } = await connectClient(temporal);
  for (const bench of BENCHES.filter(({ name }) => name.includes(flags.only))) report(await measure(bench, client));
  await connection.close();
  await reference.stop();
  await pawl.stop();
} finally {
  await stack.release();
  await rm(state, { recursive: true, force: true });
}
process.exit();

async function publishPipelines() {
  const store = await openStore({ databaseUrl: stack.databaseUrl, artifacts: stack.artifacts });
  for (const file of ['chain', 'light-chain', 'fan-out']) {
    const { compiled, diagnostics } = await compilePipeline(join(root, 'bench/pipelines', `${file}.ts`));
    if (!compiled) throw new Error(JSON.stringify(diagnostics, null, 2));
    await publish(compiled, store);
  }
  await store.close();
}

async function startReferenceWorker() {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./reference-workflows.mjs', import.meta.url)),
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} },
  });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    taskQueue: REFERENCE_QUEUE,
    workflowBundle: { code },
    activities: { add: async ({ n }) => ({ n: n + 1 }) },
  });
  const stopped = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await stopped;
      await connection.close();
    },
  };
}

/** One unmeasured round, then the two in turn: a machine that becomes slower does so for both. */
async function measure({ name, pawl, reference, n }, client) {
  const runs = { pawl: [], reference: [] };
  for (let round = -1; round < Number(flags.rounds); round += 1) {
    const own = await time(() => client.workflow.execute(pawl, { ...id(), taskQueue: 'pawl', args: [{ n }] }));
    const other = await time(() =>
      client.workflow.execute(reference, { ...id(), taskQueue: REFERENCE_QUEUE, args: [n] }),
    );
    if (round < 0) continue;
    runs.pawl.push(own);
    runs.reference.push(other);
  }
  const result = { pawl: median(runs.pawl), reference: median(runs.reference) };
  const rounded = { pawl: Math.round(result.pawl), reference: Math.round(result.reference) };
  return { name, ...rounded, ratio: Number((result.pawl / result.reference).toFixed(3)), unit: 'ms' };
}

function id() {
  return { workflowId: `bench-${process.hrtime.bigint()}` };
}

async function time(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function report(line) {
  if (flags.json) console.log(JSON.stringify(line));
  else console.log(`${line.name.padEnd(30)} ${line.pawl} ms, by hand ${line.reference} ms, ratio ${line.ratio}`);
}
