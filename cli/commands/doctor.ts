import type { Command } from 'commander';
import pc from 'picocolors';
import { projectRoot } from '../../worker/code/check-packages.js';
import { findPostgres, findTemporal, findTensorFlow } from '../../worker/provision/index.js';
import { checkEnvironment } from '../doctor/check-environment.js';
import { claimEnvironment } from '../doctor/claim-environment.js';
import type { Finding } from '../doctor/finding.js';
import { withExamples } from '../example.js';
import { printJson, printLine, printNote } from '../output.js';

export function addDoctorCommand(program: Command): void {
  withExamples(
    program
      .command('doctor')
      .description('look at what Pawl needs and say what to do about what is missing')
      .option('--claim-environment', "make database and artifact folder this environment's, though they are of another")
      .option('--json', 'print as JSON')
      .action(doctor),
    'pawl doctor',
    'pawl doctor --env staging',
  );
}

interface DoctorOptions {
  readonly claimEnvironment?: boolean;
  readonly json?: boolean;
}

async function doctor({ claimEnvironment: claims, json }: DoctorOptions): Promise<void> {
  const root = await projectRoot(process.cwd());
  if (claims) printNote(await claimEnvironment(root));
  const findings = [
    checkNode(),
    ...(await checkEmbeddedParts()),
    await checkTensorFlow(),
    ...(await checkEnvironment(root)),
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

/** A deployment has servers of its own. */
async function checkEmbeddedParts(): Promise<readonly Finding[]> {
  return process.env.DATABASE_URL ? [] : [await checkTemporal(), await checkPostgres()];
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
