/**
 * What a step costs in Pawl, beside the same workflow written by hand, on the same server in the same run: rounds
 * interleaved, medians. From each run the cost of an empty run of the same kind is taken off, so that what remains is
 * the steps'; whole runs and empty runs are printed as well.
 *
 * `--json` prints one object a line: `{ name, pawl, reference, ratio, unit }`; `--rounds N` changes the number of rounds
 * (default 9), `--only TEXT` takes the benchmarks whose name holds the text.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { median, timed } from './measure.mjs';
import { newRun, withPawl } from './pawl-bench.mjs';

const REFERENCE_QUEUE = 'bench-reference';
const BENCHES = [
  { name: 'step in a chain of 100', steps: 100, pawl: 'bench-chain', reference: 'referenceChain', n: 1 },
  {
    name: 'light step in a chain of 100',
    steps: 100,
    pawl: 'bench-light-chain',
    reference: 'referenceLightChain',
    n: 1,
  },
  { name: 'reused step in a chain of 100', steps: 100, pawl: 'bench-reuse-chain', reference: 'referenceChain', n: 1 },
  { name: 'step in a fan-out of 200', steps: 200, pawl: 'bench-fan-out', reference: 'referenceFanOut', n: 200 },
];

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '9' },
    only: { type: 'string', default: '' },
  },
});

await withPawl(['empty', 'chain', 'light-chain', 'reuse-chain', 'fan-out'], async ({ client, temporal }) => {
  const reference = await startReferenceWorker(temporal);
  for (const bench of BENCHES.filter(({ name }) => name.includes(flags.only))) report(await measure(bench, client));
  await reference.stop();
});
process.exit();

async function startReferenceWorker(temporal) {
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

/** One unmeasured round, then all four in turn: a machine that becomes slower does so for each of them. */
async function measure({ name, steps, pawl, reference, n }, client) {
  const pawlRun = (type) =>
    timed(() => client.workflow.execute(type, { ...newRun(), taskQueue: 'pawl', args: [{ n }] }));
  const referenceRun = (type) =>
    timed(() => client.workflow.execute(type, { ...newRun(), taskQueue: REFERENCE_QUEUE, args: [n] }));
  const rounds = [];
  for (let round = -1; round < Number(flags.rounds); round += 1) {
    const times = {
      pawl: await pawlRun(pawl),
      reference: await referenceRun(reference),
      pawlEmpty: await pawlRun('bench-empty'),
      referenceEmpty: await referenceRun('referenceEmpty'),
    };
    if (round >= 0) rounds.push(times);
  }
  const medianOf = (pick) => median(rounds.map(pick));
  const perStep = {
    pawl: medianOf((times) => times.pawl - times.pawlEmpty) / steps,
    reference: medianOf((times) => times.reference - times.referenceEmpty) / steps,
  };
  const whole = ['pawl', 'reference', 'pawlEmpty', 'referenceEmpty'].map((key) =>
    Math.round(medianOf((times) => times[key])),
  );
  return { name, ...perStep, ratio: perStep.pawl / perStep.reference, whole };
}

function report({ name, pawl, reference, ratio, whole }) {
  const rounded = {
    pawl: Number(pawl.toFixed(3)),
    reference: Number(reference.toFixed(3)),
    ratio: Number(ratio.toFixed(3)),
  };
  if (flags.json) {
    console.log(JSON.stringify({ name, ...rounded, unit: 'ms' }));
    return;
  }
  const [own, other, ownEmpty, otherEmpty] = whole;
  console.log(`${name.padEnd(30)} ${rounded.pawl} ms, by hand ${rounded.reference} ms, ratio ${rounded.ratio}`);
  console.log(`  whole runs ${own} and ${other} ms, empty runs ${ownEmpty} and ${otherEmpty} ms`);
}
