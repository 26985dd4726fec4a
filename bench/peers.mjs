/**
 * What a durable step costs in Pawl and in its peers, on this machine in the same minutes: chains of steps that do
 * nothing, rounds interleaved, medians. From each run the cost of a run of fewer steps of the same kind is taken off.
 *
 * - light: the step is called in the process of the run, its result is kept before the next one begins;
 * - isolated: the step may run in any process or machine;
 * - seldom: the same, of a peer that looks for work at the pace it comes with instead of every 10 ms.
 *
 * Prefect and Metaflow need Python with pip. `--rounds N` (default 5), `--only NAME`, `--json`.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import getPort from 'get-port';
import { median, timed } from './measure.mjs';
import { newRun, withPawl } from './pawl-bench.mjs';
import { DBOS, installNpm, installPython, METAFLOW, PREFECT } from './peers/install.mjs';
import { startLineProcess } from './peers/line-process.mjs';
import { startPrefectServer } from './peers/prefect-server.mjs';

const run = promisify(execFile);
const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const fileOf = (name) => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

await withPawl(['empty', 'chain', 'light-chain'], async (pawl) => {
  const makers = { pawl: () => pawlPeer(pawl), dbos: dbosPeer, prefect: prefectPeer, metaflow: metaflowPeer };
  const chosen = Object.keys(makers).filter((name) => name.includes(flags.only));
  const peers = [];
  try {
    for (const name of chosen) peers.push({ name, ...(await makers[name](pawl)) });
    report(await measureAll(peers));
  } finally {
    for (const { stop } of peers) await stop?.();
  }
});
process.exit();

/** A peer has, for each kind, `run(steps)` giving milliseconds, with the two numbers of steps to compare. */
function pawlPeer({ client }) {
  const execute = (type) =>
    timed(() => client.workflow.execute(type, { ...newRun(), taskQueue: 'pawl', args: [{ n: 1 }] }));
  return {
    light: { many: 100, few: 0, run: (steps) => execute(steps ? 'bench-light-chain' : 'bench-empty') },
    isolated: { many: 100, few: 0, run: (steps) => execute(steps ? 'bench-chain' : 'bench-empty') },
  };
}

async function dbosPeer({ stack }) {
  const url = new URL(stack.databaseUrl);
  url.pathname = '/bench_dbos';
  const process_ = startLineProcess(process.execPath, [fileOf('dbos.mjs'), await installNpm(DBOS), url.href, '100']);
  const run = async (kind, steps) => (await process_.ask(`${kind} ${steps}`)).ms;
  return {
    light: { many: 100, few: 0, run: (steps) => run('light', steps) },
    isolated: { many: 20, few: 0, run: (steps) => run('isolated', steps) },
    seldom: { many: 3, few: 0, run: (steps) => run('seldom', steps) },
    stop: process_.stop,
  };
}

async function prefectPeer({ state }) {
  const folder = await installPython(PREFECT);
  const server = await startPrefectServer({ folder, home: join(state, 'prefect'), port: await getPort() });
  const process_ = startLineProcess('python3', [fileOf('prefect_steps.py')], server.env);
  const run = async (kind, steps) => (await process_.ask(`${kind} ${steps}`)).ms;
  return {
    light: { many: 120, few: 20, run: (steps) => run('light', steps) },
    isolated: { many: 10, few: 1, run: (steps) => run('isolated', steps) },
    stop: async () => {
      await process_.stop();
      await server.stop();
    },
  };
}

/** Each step of a flow is a process of its own: there is no light kind. */
async function metaflowPeer({ state }) {
  const folder = await installPython(METAFLOW);
  const home = join(state, 'metaflow');
  await mkdir(home);
  const env = {
    ...process.env,
    PYTHONPATH: folder,
    METAFLOW_HOME: home,
    METAFLOW_DATASTORE_SYSROOT_LOCAL: home,
    METAFLOW_USER: 'bench',
    USERNAME: 'bench',
  };
  for (const steps of [1, 6]) {
    const { stdout } = await run('python3', [fileOf('metaflow_steps.py'), `${steps}`]);
    await writeFile(join(home, `chain_${steps}.py`), stdout);
  }
  const flow = (steps) => timed(() => run('python3', [`chain_${steps}.py`, '--quiet', 'run'], { cwd: home, env }));
  return { isolated: { many: 6, few: 1, run: flow } };
}

/**
 * One unmeasured round, then all in turn: a machine that becomes slower does so for each of them. A peer's turns are far
 * apart, so each begins with a small run that is not measured: else the first of the two would bring its code back into
 * the processor's caches for both.
 */
async function measureAll(peers) {
  const cells = peers.flatMap(({ name, ...kinds }) =>
    ['light', 'isolated', 'seldom']
      .filter((kind) => kinds[kind])
      .map((kind) => ({ name, kind, ...kinds[kind], costs: [] })),
  );
  for (let round = -1; round < Number(flags.rounds); round += 1) {
    for (const cell of cells) {
      await cell.run(cell.few);
      const cost = ((await cell.run(cell.many)) - (await cell.run(cell.few))) / (cell.many - cell.few);
      if (round >= 0) cell.costs.push(cost);
    }
  }
  return cells.map(({ name, kind, costs }) => ({ name, kind, ms: median(costs) }));
}

function report(cells) {
  if (flags.json) for (const cell of cells) console.log(JSON.stringify({ ...cell, unit: 'ms' }));
  else for (const { name, kind, ms } of cells) console.log(`${kind.padEnd(9)} ${name.padEnd(9)} ${ms.toFixed(1)} ms`);
}
