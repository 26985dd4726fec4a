import { writeFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Command } from 'commander';
import pc from 'picocolors';
import { FailureType, PawlError } from '../../plan/failure.js';
import { describeDifference } from '../../worker/replay/compare-calls.js';
import { historyText, readHistory } from '../../worker/replay/history-file.js';
import { openHistories } from '../../worker/replay/open-histories.js';
import type { NamedHistory, Replayed } from '../../worker/replay/replay-histories.js';
import { withExamples } from '../example.js';
import { printJson, printLine } from '../output.js';
import { type Session, withSession } from '../session.js';

export function addReplayCommand(program: Command): void {
  withExamples(
    program
      .command('replay [targets...]')
      .description("replay runs, or history files, against this build's interpreter; needs neither pipeline nor code")
      .option('--open', 'every run that is open, with the parts that run on their own')
      .option('--pipeline <name>', 'with --open: only of this pipeline')
      .option('--limit <n>', 'with --open: at most so many')
      .option('--save <file>', 'also write the history of the one run to a file')
      .option('--json', 'print as JSON')
      .action(replay),
    'pawl replay --open',
    'pawl replay flight-delays-2001-03-02T06:00:00Z --save history.json',
    'pawl replay history.json',
  );
}

interface ReplayOptions {
  readonly open?: boolean;
  readonly pipeline?: string;
  readonly limit?: string;
  readonly save?: string;
  readonly json?: boolean;
}

async function replay(targets: readonly string[], options: ReplayOptions): Promise<void> {
  checkOptions(targets, options);
  const filesOnly = !options.open && targets.every((target) => target.endsWith('.json'));
  if (filesOnly) return report(fromTargets(targets, options, null), options);
  await withSession((session) =>
    report(options.open ? fromOpen(session, options) : fromTargets(targets, options, session), options),
  );
}

function checkOptions(targets: readonly string[], { open, pipeline, limit, save }: ReplayOptions): void {
  const refuse = (what: string, hint: string) => {
    throw new PawlError(FailureType.InvalidInput, what, { hint });
  };
  if (open ? targets.length > 0 : targets.length === 0)
    refuse(
      'replay takes either runs and files, or --open',
      'pawl replay RUN, pawl replay FILE.json or pawl replay --open',
    );
  if (!open && (pipeline !== undefined || limit !== undefined))
    refuse('--pipeline and --limit choose among open runs', 'Add --open.');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    refuse(`"${limit}" is not a limit`, 'Give a whole number from 1.');
  if (save !== undefined && (open || targets.length !== 1 || targets[0]!.endsWith('.json')))
    refuse('--save writes the history of one run', 'Name one run: pawl replay RUN --save FILE');
}

async function* fromOpen(session: Session, { pipeline, limit }: ReplayOptions): AsyncGenerator<NamedHistory> {
  const { taskQueue } = session.environment;
  const chosen = { taskQueue, pipeline, limit: limit === undefined ? undefined : Number(limit) };
  yield* openHistories(await session.client(), chosen);
}

async function* fromTargets(
  targets: readonly string[],
  { save }: ReplayOptions,
  session: Session | null,
): AsyncGenerator<NamedHistory> {
  for (const target of targets) {
    if (target.endsWith('.json')) {
      yield { workflowId: target, history: await readHistory(target) };
      continue;
    }
    const text = await historyText(await session!.client(), target);
    if (save) await writeFile(save, `${text}\n`);
    yield { workflowId: target, history: historyFromJSON(JSON.parse(text)) };
  }
}

/** Exit code 1 when one of them differs. */
async function report(histories: AsyncIterable<NamedHistory>, { json, open }: ReplayOptions): Promise<void> {
  const { replayHistories } = await import('../../worker/replay/replay-histories.js');
  const done: Replayed[] = [];
  for await (const replayed of replayHistories(histories)) {
    done.push(replayed);
    if (!json) printReplayed(replayed);
  }
  const differing = done.filter(({ problem, differences }) => problem !== null || differences.length > 0);
  if (json) printJson(done.map(({ workflowId: run, problem, differences }) => ({ run, problem, differences })));
  else if (open) printLine(`${done.length} open, ${differing.length} would go on differently`);
  if (differing.length === 0) return;
  process.exitCode = 1;
  if (!json) printLine(`${pc.cyan('  →')} Keep workers of the old build for these runs until they have closed.`);
}

function printReplayed({ workflowId, problem, differences }: Replayed): void {
  if (problem === null && differences.length === 0) {
    printLine(`${workflowId}: replays`);
    return;
  }
  printLine(`${pc.red(workflowId)}: does not replay${problem === null ? ' with the same inputs' : `: ${problem}`}`);
  for (const difference of differences) printLine(`  ${describeDifference(difference)}`);
}
