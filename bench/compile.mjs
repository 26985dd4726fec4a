/**
 * What compiling costs: a project of 200 nodes with 200 distinct steps, in 21 files, each step with its zod schemas and
 * TSDoc. Cold is a new process (`pawl check`, and the compile in it), warm is a compile in a process that has compiled
 * the project before, after an edit, as `pawl dev` does. Beside it, in the same rounds: `tsc --noEmit` of the same
 * project, and esbuild alone. Medians.
 *
 * `--json` prints one object a line: `{ name, pawl, reference, ratio, unit }`; `--rounds N` changes the number of rounds
 * (default 5), `--steps N` the number of steps.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { compilePipeline } from '../dist/dsl/compile/index.js';
import { generateProject } from './generate-project.mjs';
import { median, timed } from './measure.mjs';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '200' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const steps = Number(flags.steps);
const rounds = Number(flags.rounds);

const COMPILE = `
const { compilePipeline } = await import(process.argv[1]);
const began = performance.now();
const { compiled, diagnostics } = await compilePipeline(process.argv[2]);
if (!compiled) throw new Error(JSON.stringify(diagnostics));
console.log(performance.now() - began);
`;

const folder = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
try {
  await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function main() {
  const { pipeline, stepFiles } = await generateProject(folder, { steps });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'generated', type: 'module' }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/pawl'));
  await symlink(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig()));
  const measured = { check: [], compile: [], warm: [], tsc: [], esbuild: [] };
  for (let round = -1; round < rounds; round += 1) {
    const times = {
      check: wall([join(root, 'bin/pawl.js'), 'check', pipeline]),
      compile: Number(runNode(compileArguments(pipeline)).trim()),
      warm: await warm(pipeline, stepFiles, round),
      tsc: wall([join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]),
      esbuild: await timed(() => bundleAlone(pipeline)),
    };
    if (round >= 0) for (const [name, time] of Object.entries(times)) measured[name].push(time);
  }
  const medians = Object.fromEntries(Object.entries(measured).map(([name, times]) => [name, median(times)]));
  report(`pawl check of ${steps} steps, new process`, medians.check, medians.tsc);
  report(`compile of ${steps} steps in a new process`, medians.compile, medians.tsc);
  report(`compile of ${steps} steps after an edit`, medians.warm, medians.esbuild);
}

function compileArguments(pipeline) {
  const compiler = pathToFileURL(join(root, 'dist/dsl/compile/index.js')).href;
  return ['--input-type=module', '--eval', COMPILE, compiler, pipeline];
}

/** The first round reads everything; from then on the compiler knows all files but the edited one. */
async function warm(pipeline, stepFiles, round) {
  const file = stepFiles[(round + 1) % stepFiles.length];
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/by \* \d+/, `by * ${1000 + round}`));
  return timed(() => compilePipeline(pipeline));
}

async function bundleAlone(pipeline) {
  await build({ entryPoints: [pipeline], bundle: true, write: false, format: 'esm', packages: 'external' });
}

function tsconfig() {
  return {
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    },
    include: ['**/*.ts'],
  };
}

function wall(command) {
  const began = performance.now();
  runNode(command);
  return performance.now() - began;
}

function runNode(command) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

function report(name, pawl, reference) {
  const line = { name, pawl: Math.round(pawl), reference: Math.round(reference), ratio: round2(pawl / reference) };
  if (flags.json) console.log(JSON.stringify({ ...line, unit: 'ms' }));
  else console.log(`${name.padEnd(40)} ${line.pawl} ms, reference ${line.reference} ms, ratio ${line.ratio}`);
}

function round2(number) {
  return Number(number.toFixed(2));
}
