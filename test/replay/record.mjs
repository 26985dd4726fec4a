/**
 * Records the histories under test/replay: one for each control node and outcome, named by the engine that made them.
 * Run it when the engine version changes; histories of older engines stay. Needs a build:
 * node test/replay/record.mjs [NAME…]
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_VERSION } from '../../dist/plan/protocol.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'pawl-record-'));
chmodSync(state, 0o711);
const missing = join(state, 'missing');

const RECORDINGS = [
  { name: 'steps', pipeline: 'three-steps', params: { n: 1 } },
  { name: 'map-when', pipeline: 'control', params: { n: 3 } },
  { name: 'rejected', pipeline: 'control', params: { n: 4 } },
  { name: 'spilled', pipeline: 'large', params: { bytes: 100_000 } },
  { name: 'large-result', pipeline: 'large-result', params: { bytes: 50_000 } },
  { name: 'retried', pipeline: 'faulty', params: { file: missing }, mends: missing, then: ['retry'] },
  { name: 'aborted', pipeline: 'faulty', params: { file: join(state, 'never') }, then: ['abort'] },
  { name: 'held-deadline', pipeline: 'brief-hold', params: {}, closes: true },
  {
    name: 'skipped',
    pipeline: 'held',
    params: { words: ['bad-a', 'fine'], marks: '/dev/null' },
    then: [['skip', '--value', '{"word":"bad-a","rate":7}', '--by', 'ann', '--reason', 'as last year']],
  },
  {
    name: 'retried-current',
    pipeline: 'held',
    params: { words: ['bad-a', 'bad-b'], marks: '/dev/null' },
    publishes: ['held-rates.ts', 'throw new Error(noRate(word))', 'return 1000'],
    then: [
      ['retry', '--node', 'rates[bad-b]/rate'],
      ['retry', '--node', 'rates[bad-a]/rate', '--code', 'current'],
      ['retry', '--code', 'current'],
    ],
  },
  { name: 'cancelled', pipeline: 'faulty', params: { file: join(state, 'never') }, then: ['cancel'] },
  { name: 'ways', pipeline: 'ways', params: { kinds: ['number', 'list'], n: 3, twice: true } },
  { name: 'deferred', pipeline: 'deferred', params: { n: 2 } },
  { name: 'slept', pipeline: 'sleeping', params: { at: '2001-01-01T00:00:00Z', n: 1 } },
  { name: 'gaps', pipeline: 'nested-gaps', params: { groups: gappy('one', 'bad') } },
  { name: 'gaps-aborted', pipeline: 'nested-gaps', params: { groups: gappy('bad', 'bad') }, then: ['abort'] },
  { name: 'exit', pipeline: 'exits', params: { file: join(state, 'exit'), breaksOnExit: true } },
  { name: 'exit-rejected', pipeline: 'exits', params: { file: join(state, 'exit-2'), rejects: true } },
  { name: 'exit-late', pipeline: 'exits', params: { file: join(state, 'exit-3'), slowExitMs: 20_000 } },
  {
    name: 'chunked',
    pipeline: 'big-maps',
    params: { kind: 'bears', count: 30, file: join(state, 'chunked'), bad: [3, 12, 13, 25] },
    mends: join(state, 'chunked-mended'),
    then: ['retry'],
    chunkItems: 10,
    part: 'chunk',
  },
  {
    name: 'approval',
    pipeline: 'release',
    params: { n: 1 },
    beside: [
      ['approve', '--by', 'ann', '--role', 'owner', '--value', '{"level":0}'],
      ['approve', '--by', 'ann', '--role', 'owner', '--value', '{"level":1}', '--detach'],
      ['approve', '--by', 'bob', '--role', 'reviewer', '--value', '{"level":2,"note":"good"}'],
    ],
  },
  {
    name: 'wait',
    pipeline: 'waiting',
    params: { file: '/dev/null', waitMs: 3000 },
    beside: [
      ['approve', '--by', 'ann', '--detach'],
      ['send', 'labels-ready', '--value', '{"file":"labels.csv"}'],
    ],
  },
  {
    name: 'waited-for-work',
    pipeline: 'same-work',
    params: { kind: 'dear', file: '/dev/null', until: join(state, 'gate') },
    behind: join(state, 'gate'),
  },
  {
    name: 'approval-escalated',
    pipeline: 'escalating',
    params: { n: 1 },
    tries: [['approve', '--by', 'bea', '--role', 'board']],
  },
  {
    name: 'approval-signed',
    pipeline: 'signed',
    params: { n: 1, names: ['a'] },
    beside: [['approve', '--node', 'map[a]/take', '--by', 'cy', '--detach']],
    signed: [
      ['--by', 'ann', '--role', 'owner', '--value', '{"level":2}'],
      ['--by', 'bob', '--role', 'reviewer', '--value', '{"level":3}'],
    ],
  },
].filter(({ name }) => process.argv.length === 2 || process.argv.includes(name));

/** Two groups of a map that bears the failure of one, each with two failing words or none. */
function gappy(...kinds) {
  const words = { one: ['a', 'b', 'bad'], bad: ['bad', 'bad-2', 'c'] };
  return kinds.map((kind, at) => ({ id: `group-${at}`, words: words[kind] }));
}

let keys = '';
try {
  keys = pawlNow('grants', 'keygen', '--out', join(state, 'key.json')).toString();
  for (const recording of RECORDINGS) await record(recording);
} finally {
  rmSync(state, { recursive: true, force: true });
}

async function record(recording) {
  const {
    name,
    pipeline,
    params,
    behind,
    beside = [],
    tries = [],
    signed = [],
    mends,
    publishes,
    then = [],
    chunkItems = '',
    part,
  } = recording;
  process.env.PAWL_CHUNK_ITEMS = String(chunkItems);
  const start = (id) =>
    pawl('run', `test/runs/pipelines/${pipeline}.ts`, '--id', id, '--params', JSON.stringify(params));
  const ahead = behind && start(`${name}-ahead`);
  if (behind) await hasBegun(`${name}-ahead`);
  const run = start(name);
  if (behind) await letBothGo(name, behind);
  await ahead;
  if (beside.length + tries.length > 0) await hasBegun(name);
  for (const [command, ...options] of beside) await pawl(command, name, ...options);
  for (const [command, ...options] of tries) while ((await pawl(command, name, ...options)) !== 0) await pause();
  for (const options of signed) await approveSigned(name, options);
  await run;
  if (mends) writeFileSync(mends, '');
  if (publishes) await publishMended(pipeline, publishes);
  for (const [command, ...options] of then.map((each) => [each].flat())) await pawl(command, name, ...options);
  if (recording.closes) await hasClosed(name);
  const history = await save(name, name);
  if (part) await save(firstPartOf(history), part);
}

async function save(workflowId, name) {
  const file = join(root, 'test/replay', `engine-${ENGINE_VERSION}-${name}.json`);
  await pawl('replay', workflowId, '--save', file);
  if (!existsSync(file)) throw new Error(`${name} was not recorded`);
  const history = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify(withoutMachine(history), null, 1)}\n`);
  return history;
}

/** Workflow id of the first part of a large map. */
function firstPartOf({ events }) {
  const started = events.flatMap((event) => event.childWorkflowExecutionStartedEventAttributes ?? []);
  return started.map(({ workflowExecution }) => workflowExecution.workflowId).sort()[0];
}

/** Ends the work of the run ahead, once the other has waited for it. */
async function letBothGo(name, gate) {
  await hasBegun(name);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  writeFileSync(gate, '');
}

/** Publishes the pipeline with one of its files changed. */
async function publishMended(pipeline, [file, from, to]) {
  const folder = join(root, '.pawl', `record-${process.pid}`);
  cpSync(join(root, 'test/runs/pipelines'), folder, { recursive: true });
  writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(from, to));
  await pawl('publish', join(folder, `${pipeline}.ts`));
  rmSync(folder, { recursive: true, force: true });
}

/** Lets a held run come to the end of its time: a worker must be there then. */
async function hasClosed(name) {
  const env = { ...process.env, PAWL_STATE: state, DATABASE_URL: '' };
  const worker = spawn(process.execPath, [join(root, 'bin/pawl.js'), 'worker'], { cwd: root, env, stdio: 'inherit' });
  while (shown(name).phase !== 'closed') await new Promise((resolve) => setTimeout(resolve, 500));
  worker.kill('SIGTERM');
  await new Promise((resolve) => worker.on('close', resolve));
}

function shown(name) {
  const env = { ...process.env, PAWL_STATE: state, DATABASE_URL: '' };
  return JSON.parse(
    execFileSync(process.execPath, [join(root, 'bin/pawl.js'), 'show', name, '--json'], { cwd: root, env }),
  );
}

async function hasBegun(name) {
  while ((await pawl('show', name)) !== 0) await pause();
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

async function approveSigned(name, options) {
  const grant = join(state, 'grant.json');
  const args = ['grants', 'sign', name, '--node', 'release', '--key', join(state, 'key.json'), ...options];
  writeFileSync(grant, pawlNow(...args));
  await pawl('approve', name, '--grant', grant, '--detach');
}

/** A history says which process on which machine did what; a replay needs none of it. */
function withoutMachine(value, key = '') {
  if (key === 'identity' || key === 'stackTrace') return '';
  if (typeof value === 'string') return value.replace(/\d+@[\w.-]+/g, 'worker');
  if (Array.isArray(value)) return value.map((part) => withoutMachine(part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutMachine(part, name)]));
}

/** What a command prints. */
function pawlNow(...args) {
  return execFileSync(process.execPath, [join(root, 'bin/pawl.js'), ...args], { cwd: root, env: environment() });
}

function environment() {
  return { ...process.env, PAWL_STATE: state, DATABASE_URL: '', PAWL_GRANT_KEYS: keys };
}

function pawl(...args) {
  const env = environment();
  const child = spawn(process.execPath, [join(root, 'bin/pawl.js'), ...args], { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', resolve));
}
