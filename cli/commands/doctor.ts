import type { Command } from 'commander';
import pc from 'picocolors';
import { projectRoot } from '../../worker/code/check-packages.js';
import { findStack } from '../../worker/embedded/index.js';
import { findPostgres, findTemporal, findTensorFlow } from '../../worker/provision/index.js';
import { withExamples } from '../example.js';
import { printJson, printLine } from '../output.js';

/** One thing that was looked at. `ok: null` means: works, with a limitation. */
interface Finding {
  readonly name: string;
  readonly ok: boolean | null;
  readonly detail: string;
  readonly remedy: string | null;
}

export function addDoctorCommand(program: Command): void {
  withExamples(
    program
      .command('doctor')
      .description('look at what Pawl needs and say what to do about what is missing')
      .option('--json', 'print as JSON')
      .action(doctor),
    'pawl doctor',
  );
}

async function doctor({ json }: { json?: boolean }): Promise<void> {
  const findings = [
    checkNode(),
    await checkTemporal(),
    await checkPostgres(),
    await checkTensorFlow(),
    await checkStack(),
  ];
  if (json) printJson(findings);
  else for (const finding of findings) printFinding(finding);
  if (findings.some(({ ok }) => ok === false)) process.exitCode = 1;
}

function printFinding({ name, ok, detail, remedy }: Finding): void {
  const mark = ok === null ? pc.yellow('!') : ok ? pc.green('✓') : pc.red('✗');
  printLine(`${mark} ${name.padEnd(12)} ${detail}`);
  if (remedy) printLine(`${pc.cyan('  →')} ${remedy}`);
}

function checkNode(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 20;
  return { name: 'Node', ok, detail: process.version, remedy: ok ? null : 'Install Node 20.19 or newer.' };
}

async function checkTemporal(): Promise<Finding> {
  const found = await findTemporal();
  if (found.found) return { name: 'Temporal', ok: true, detail: found.path, remedy: null };
  return { name: 'Temporal', ok: false, detail: found.reason, remedy: found.remedy };
}

async function checkPostgres(): Promise<Finding> {
  const found = await findPostgres();
  if (found.found) return { name: 'Postgres', ok: true, detail: `${found.version} in ${found.binDir}`, remedy: null };
  return { name: 'Postgres', ok: false, detail: found.reason, remedy: found.remedy };
}

async function checkTensorFlow(): Promise<Finding> {
  const found = await findTensorFlow();
  if (found.backend === 'native')
    return { name: 'TensorFlow', ok: true, detail: `native (${found.variant})`, remedy: null };
  return { name: 'TensorFlow', ok: null, detail: `WebAssembly, slower: ${found.reason}`, remedy: found.remedy };
}

async function checkStack(): Promise<Finding> {
  const services = (await findStack({ cwd: await projectRoot(process.cwd()) }))?.services;
  const detail = services
    ? `runs; Temporal UI ${services.temporalUiUrl}`
    : 'not running; commands start it when they need it';
  return { name: 'Stack', ok: true, detail, remedy: null };
}
