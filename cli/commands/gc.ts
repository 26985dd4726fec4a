import type { Command } from 'commander';
import pc from 'picocolors';
import { durationMs } from '../../dsl/duration.js';
import { isDigest } from '../../plan/canonical.js';
import { FailureType, isPawlError, PawlError } from '../../plan/failure.js';
import type { Amount } from '../../store/index.js';
import {
  collectGarbage,
  explainKept,
  type GarbageReport,
  type KeepOptions,
} from '../../worker/retention/collect-garbage.js';
import { withExamples } from '../example.js';
import { printJson, printLine } from '../output.js';
import { type Session, withSession } from '../session.js';

export function addGcCommand(program: Command): void {
  withExamples(
    program
      .command('gc')
      .description('remove artifacts, checkpoints and plans that no run, model or plan needs any more')
      .option('--dry-run', 'say what would be removed')
      .option('--keep <time>', 'keep what closed runs have written for so long', '90d')
      .option('--grace <time>', 'remove nothing that was written or asked for later than this ago', '24h')
      .option('--keep-lineage', 'keep what registered models were made from, back to the data')
      .option('--why <digest>', 'say what an artifact is kept for, and remove nothing')
      .option('--json', 'print as JSON')
      .action(gc),
    'pawl gc --dry-run',
    'pawl gc --keep 30d',
    'pawl gc --why sha256:9f2c…',
  );
}

interface GcOptions {
  readonly dryRun?: boolean;
  readonly keep: string;
  readonly grace: string;
  readonly keepLineage?: boolean;
  readonly why?: string;
  readonly json?: boolean;
}

async function gc({ why, json = false, ...options }: GcOptions): Promise<void> {
  const keep: KeepOptions = {
    keepMs: timeOf('--keep', options.keep),
    graceMs: timeOf('--grace', options.grace),
    keepLineage: options.keepLineage,
    dryRun: options.dryRun,
  };
  await withSession(async (session) => {
    if (why !== undefined) return explain(why, { session, keep, json });
    const report = await collectGarbage(await retained(session), keep);
    if (json) printJson(report);
    else printReport(report, keep);
  });
}

async function retained(session: Session) {
  const { taskQueue } = session.environment;
  return { store: await session.store(), client: await session.client(), taskQueue };
}

function timeOf(option: string, text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    if (!isPawlError(error)) throw error;
    throw new PawlError(FailureType.InvalidInput, `${option}: ${error.message}`, { hint: error.hint, cause: error });
  }
}

interface Explained {
  readonly session: Session;
  readonly keep: KeepOptions;
  readonly json: boolean;
}

async function explain(digest: string, { session, keep, json }: Explained): Promise<void> {
  if (!isDigest(digest)) {
    throw new PawlError(FailureType.InvalidInput, `"${digest}" is not the digest of an artifact`, {
      hint: 'Write it whole, as sha256: and 64 digits; pawl show RUN --node NODE has them.',
    });
  }
  const why = await explainKept(await retained(session), keep, digest);
  if (json) return printJson({ digest, why });
  if (why.length === 0) return printLine('nothing needs it');
  printLine(digest);
  for (const each of why) printLine(`${pc.cyan('  ←')} ${each}`);
}

function printReport(report: GarbageReport, { dryRun }: KeepOptions): void {
  const { removed, kept, young, offers, checkpoints, plans, largest } = report;
  printLine(`${dryRun ? 'would remove' : 'removed'}   ${amount(removed, 'artifact')}`);
  const rows = [plural(checkpoints, 'checkpoint'), plural(plans, 'plan'), `${plural(offers, 'offer')} for reuse`];
  printLine(`${dryRun ? 'and' : 'and    '}          ${rows.join(', ')}`);
  printLine(
    `kept           ${amount(kept, 'artifact')}, of runs open or closed since ${report.keptSince.slice(0, 10)}`,
  );
  if (young.count > 0) printLine(`too young yet  ${amount(young, 'artifact')}${atWork(report)}`);
  for (const { digest, bytes, why } of largest)
    printLine(`  ${size(bytes).padStart(9)}  ${digest}  ${pc.dim(why.at(-1) ?? '')}`);
}

const atWork = ({ atWorkSince }: GarbageReport): string =>
  atWorkSince === null ? '' : `; a step is at work since ${atWorkSince.slice(0, 19)}`;

const amount = ({ count, bytes }: Amount, what: string): string => `${plural(count, what)}, ${size(bytes)}`;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
