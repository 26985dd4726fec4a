import type { Command } from 'commander';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { LimitKind } from '../../store/index.js';
import { wholeNumber } from '../../worker/limits/whole-number.js';
import { withExamples } from '../example.js';
import { printJson, printLine, printTable } from '../output.js';
import { withSession } from '../session.js';

/** Commands about limits that hold across all runs and workers. */
export function addLimitsCommand(program: Command): void {
  const limits = program.command('limits').description('how many steps may be at work at a time, over all workers');
  withExamples(
    limits
      .command('list', { isDefault: true })
      .description('the limits that are set; those of plans are in the plans')
      .option('--json', 'print as JSON')
      .action(list),
    'pawl limits',
  );
  withExamples(
    limits
      .command('set <kind> <name> <n>')
      .description('allow at most so many at a time: of a queue (default, gpu, …), or of a step')
      .option('--json', 'print the limits as JSON')
      .action(set),
    'pawl limits set queue gpu 4',
    'pawl limits set step ingest 2',
  );
  withExamples(
    limits
      .command('unset <kind> <name>')
      .description('remove a limit')
      .option('--json', 'print the limits as JSON')
      .action(unset),
    'pawl limits unset queue gpu',
  );
}

interface LimitsOptions {
  readonly json?: boolean;
}

async function list({ json }: LimitsOptions): Promise<void> {
  const all = await withSession(async (session) => (await session.store()).limits.all());
  if (json) return printJson(all);
  if (all.length === 0) return printLine('No limits are set.   pawl limits set queue gpu 4');
  printTable(
    ['of', 'name', 'at a time', 'since'],
    all.map(({ kind, name, slots, setAt }) => [kind, name, String(slots), setAt.slice(0, 19)]),
  );
}

async function set(kind: string, name: string, n: string, options: LimitsOptions): Promise<void> {
  const limit = { kind: kindOf(kind), name, slots: wholeNumber('the limit', n) };
  await withSession(async (session) => (await session.store()).limits.set(limit));
  if (options.json) return list(options);
  printLine(`at most ${limit.slots} of ${kind} ${name} at a time; workers heed it within seconds`);
}

async function unset(kind: string, name: string, options: LimitsOptions): Promise<void> {
  const key = { kind: kindOf(kind), name };
  const removed = await withSession(async (session) => (await session.store()).limits.unset(key));
  if (!removed) {
    throw new PawlError(FailureType.InvalidInput, `no limit is set for ${kind} "${name}"`, {
      hint: 'pawl limits lists those that are.',
    });
  }
  if (options.json) return list(options);
  printLine(`no limit for ${kind} ${name} any more`);
}

function kindOf(text: string): LimitKind {
  if (text === 'queue' || text === 'step') return text;
  throw new PawlError(FailureType.InvalidInput, `"${text}" has no limits`, { hint: 'Say queue or step.' });
}
