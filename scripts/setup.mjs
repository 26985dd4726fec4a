/**
 * Makes a fresh checkout ready: packages, build, and what Pawl needs on the machine (Temporal, Postgres, TensorFlow).
 * What is done already is not done again: then it takes a fraction of a second and prints nothing.
 *
 *   node scripts/setup.mjs [--only packages|build|tools|server] [--retry]
 *
 * `server`, a Temporal server for tests on a real cluster, is not part of the whole: only `npm test` needs it.
 * `--retry` tries again to build what failed before.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { builtHash, root, sourceHash } from './checkout.mjs';
import { installCommand, packagesAreInstalled, stampPackages } from './packages.mjs';
import { withSetupLock } from './setup-lock.mjs';

const OLDEST_NODE = [20, 19];
const PARTS = ['packages', 'build', 'tools', 'server'];
const started = Date.now();
let hasWorked = false;

function say(line) {
  console.error(`setup: ${line}`);
}

function log(line) {
  hasWorked = true;
  say(line);
}

class SetupFailure extends Error {}

async function setUp({ only, retry }) {
  checkNode();
  if (only === undefined || only === 'packages') await once(packagesAreInstalled, installPackages);
  if (only === undefined || only === 'build') await once(isBuilt, build);
  if (only === undefined || only === 'tools') await provisionTools(retry);
  if (only === 'server') await provisionServer(retry);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupFailure(`Node ${process.version} is too old; install Node ${OLDEST_NODE.join('.')} or newer`);
}

async function once(isDone, work) {
  if (isDone()) return;
  await withSetupLock(log, () => isDone() || work());
}

async function installPackages() {
  log('installing the npm packages (about a minute)');
  const status = await run(installCommand());
  if (status !== 0) {
    throw new SetupFailure('`npm ci` failed (see above); check that npm reaches its registry, and run this again');
  }
  stampPackages();
}

function isBuilt() {
  return builtHash() === sourceHash();
}

async function build() {
  log('building');
  const status = await run([process.execPath, join(root, 'scripts', 'build.mjs')]);
  if (status !== 0) throw new SetupFailure('the build failed; its errors are above');
}

/** The command ends with this process, also when this process is killed. Its output goes to standard error. */
function run(command) {
  const supervisor = join(root, 'worker', 'provision', 'supervise.mjs');
  const child = spawn(process.execPath, [supervisor, ...command], { cwd: root, stdio: ['pipe', 2, 2] });
  return new Promise((resolve) => child.on('close', resolve));
}

function provisioning() {
  return import(pathToFileURL(join(root, 'dist', 'worker', 'provision', 'index.js')).href);
}

/** Without it only the tests that need it fail, and they say so too. */
async function provisionServer(retry) {
  const { provisionTemporalServer } = await provisioning();
  const found = await provisionTemporalServer({ log, retry });
  if (found.found) return;
  say(`the tests on a Temporal cluster will fail: ${found.reason}. What to do: ${found.remedy}`);
}

async function provisionTools(retry) {
  const { provision } = await provisioning();
  const { temporal, postgres, tensorflow } = await provision({ log, retry });
  if (tensorflow.backend === 'wasm') {
    say(
      `training will run on the slower WebAssembly backend: ${tensorflow.reason}. To change that: ${tensorflow.remedy}`,
    );
  }
  if (!temporal.found && !process.env.TEMPORAL_ADDRESS) throw unavailable('Temporal', temporal);
  if (!postgres.found && !process.env.DATABASE_URL) throw unavailable('Postgres', postgres);
}

function unavailable(name, { reason, remedy }) {
  return new SetupFailure(`${name} cannot be had: ${reason}.\n  What to do: ${remedy}.`);
}

function readOptions() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, retry: { type: 'boolean', default: false } } });
  if (values.only === undefined || PARTS.includes(values.only)) return values;
  throw new SetupFailure(`--only ${values.only} is not known; use ${PARTS.slice(0, -1).join(', ')} or ${PARTS.at(-1)}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
try {
  await setUp(readOptions());
  if (hasWorked) say(`ready after ${Math.round((Date.now() - started) / 1000)} s`);
} catch (error) {
  if (!(error instanceof SetupFailure) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  say(error.message);
  process.exitCode = 1;
}
