import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadWheel } from './download-wheel.js';
import { findOnPath } from './find-on-path.js';
import { nodeHeaders } from './node-headers.js';
import { ProvisionError } from './provision-error.js';
import { type CommandResult, type Log, lastLines, runCommand } from './run-command.js';
import type { TensorFlowTarget } from './tensorflow-target.js';
import { unzip } from './unzip.js';

/** The headers that the addon includes, and those that they include; the wheel has 20 times as many. */
const HEADER_FOLDERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'xla/', 'tsl/'];
const LIBRARY = /^tensorflow\/libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib)$/;
const PROBE_TIMEOUT_MS = 120_000;
const probe = fileURLToPath(new URL('./probe-addon.mjs', import.meta.url));

/** Where the addon lies in the folder that {@link buildAddon} fills, and in the npm package. */
export const ADDON_DIR = join('lib', 'napi-v8');
/** The addon's file name. */
export const ADDON_FILE = 'tfjs_binding.node';

/**
 * Builds the Node addon of `@tensorflow/tfjs-node-gpu` against the libraries of a TensorFlow wheel.
 * At the end `folder` holds `lib/napi-v8/tfjs_binding.node` and, where the addon looks for them, `deps/lib/libtensorflow*`.
 *
 * @throws ProvisionError saying which step failed.
 */
export async function buildAddon(target: TensorFlowTarget, folder: string, log: Log): Promise<void> {
  const work = join(folder, 'work');
  await mkdir(join(work, 'deps'), { recursive: true });
  const wheel = await downloadWheel(target.wheel, work, log);
  log(`unpacking ${basename(wheel)}`);
  await unpackWheel(wheel, join(work, 'deps'));
  await linkLibrary(join(work, 'deps', 'lib'));
  await compile(target.packageDir, work, log);
  await mkdir(join(folder, 'deps'));
  await rename(join(work, 'deps', 'lib'), join(folder, 'deps', 'lib'));
  await rename(join(work, 'lib'), join(folder, 'lib'));
  await rm(work, { recursive: true });
  await tryAddon(join(folder, ADDON_DIR, ADDON_FILE), log);
}

async function unpackWheel(wheel: string, deps: string): Promise<void> {
  const headers = 'tensorflow/include/';
  await unzip(wheel, (name) => {
    if (LIBRARY.test(name)) return join(deps, 'lib', basename(name));
    const header = name.startsWith(headers) ? name.slice(headers.length) : '';
    return HEADER_FOLDERS.some((start) => header.startsWith(start)) ? join(deps, 'include', header) : undefined;
  });
}

/** The addon is linked against the names of TensorFlow's C library, which the wheel's C++ library contains. */
async function linkLibrary(lib: string): Promise<void> {
  if (process.platform === 'darwin') {
    await symlink('libtensorflow_cc.2.dylib', join(lib, 'libtensorflow.2.dylib'));
    return;
  }
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so.2'));
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so'));
  await symlink('libtensorflow_framework.so.2', join(lib, 'libtensorflow_framework.so'));
}

async function compile(packageDir: string, work: string, log: Log): Promise<void> {
  for (const part of ['binding', 'binding.gyp', 'package.json']) {
    await cp(join(packageDir, part), join(work, part), { recursive: true });
  }
  log('compiling the TensorFlow addon for Node (about a minute)');
  const result = await runCommand(process.execPath, nodeGypArguments(work), {
    label: 'compiling the TensorFlow addon',
    log,
    cwd: work,
    env: compilerEnvironment(),
  });
  if (!result.ok) throw compileError(result);
}

function nodeGypArguments(work: string): string[] {
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const addonDir = join(work, ADDON_DIR);
  const headers = nodeHeaders();
  return [
    nodeGyp,
    'configure',
    'build',
    '--napi_build_version=8',
    '--module_name=tfjs_binding',
    `--module=${join(addonDir, ADDON_FILE)}`,
    `--module_path=${addonDir}`,
    ...(headers ? [`--nodedir=${headers}`] : []),
  ];
}

/** On macOS the addon would look for the C++ library nowhere: its own build rules know only the C library's name. */
function compilerEnvironment(): NodeJS.ProcessEnv {
  if (process.platform !== 'darwin') return process.env;
  return { ...process.env, LDFLAGS: `${process.env.LDFLAGS ?? ''} -Wl,-rpath,@loader_path/../../deps/lib` };
}

function compileError({ output }: CommandResult): ProvisionError {
  const again = 'then run `npm run setup -- --retry`';
  if (/node_api\.h|FetchError|getaddrinfo|ECONN|ETIMEDOUT|node-v[\d.]+-headers/.test(output)) {
    const remedy = `set npm_config_nodedir to a folder that has Node's include/node in it, or use a Node that brings its headers; ${again}`;
    return new ProvisionError(`the headers of Node ${process.version} could not be downloaded`, remedy);
  }
  const errors = output.split('\n').filter((line) => /error/i.test(line));
  const reason = lastLines(errors.slice(0, 3).join('\n')) || lastLines(output);
  return new ProvisionError(`compiling the TensorFlow addon failed: ${reason}`, `look into that, ${again}`);
}

/** Which compilers and tools are not there. */
export async function missingTools(): Promise<string[]> {
  const compiler = process.env.CXX ?? ((await findOnPath('g++')) ? 'g++' : 'c++');
  const wanted = { python3: 'python3', make: 'make', 'g++': compiler.split(' ')[0] ?? 'g++' };
  const found = await Promise.all(Object.values(wanted).map(findOnPath));
  return Object.keys(wanted).filter((_, index) => found[index] === undefined);
}

/** In a process of its own: a library that this processor cannot run ends the process. */
async function tryAddon(addon: string, log: Log): Promise<void> {
  const label = 'loading the TensorFlow addon';
  const result = await runCommand(process.execPath, [probe, addon], { label, log, timeoutMs: PROBE_TIMEOUT_MS });
  if (result.ok) return;
  const reason = `the TensorFlow addon was built, but does not load: ${lastLines(result.output, 2) || 'it crashed'}`;
  throw new ProvisionError(reason, 'look into that, then run `npm run setup -- --retry`');
}
