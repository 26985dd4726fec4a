import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import { followRun } from '../../client/follow-run.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { RunMessage } from '../../plan/protocol.js';
import { withExamples } from '../example.js';
import { noteNode, reportRun } from '../run-report.js';
import { type Session, withSession } from '../session.js';
import { findRun } from './show.js';

/** Commands that decide about a run: retry, abort, cancel. */
export function addOperatingCommands(program: Command): void {
  withExamples(
    program
      .command('retry <run>')
      .description('try the held nodes of a run again, and follow it')
      .option('--node <node>', 'only this node')
      .option('--json', 'print outcome and result as JSON')
      .action(retry),
    'pawl retry flight-delays-2001-03-02T06:00:00Z',
  );
  withExamples(
    program
      .command('abort <run>')
      .description('end a held run as aborted')
      .option('--reason <text>', 'why; kept with the run', 'no reason given')
      .option('--json', 'print the outcome as JSON')
      .action(abort),
    'pawl abort flight-delays-2001-03-02T06:00:00Z --reason "the source is gone"',
  );
  withExamples(
    program
      .command('cancel <run>')
      .description('stop a run: its steps end, then it closes as cancelled')
      .option('--json', 'print the outcome as JSON')
      .action(cancel),
    'pawl cancel flight-delays-2001-03-02T06:00:00Z',
  );
}

interface DecisionOptions {
  readonly node?: string;
  readonly reason?: string;
  readonly json?: boolean;
  /** Follow a held run on: its end is under way. */
  readonly wait?: boolean;
}

const retry = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, options, (handle) => update(handle, RunMessage.retry, { node: options.node }));

const abort = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, options, (handle) => update(handle, RunMessage.abort, { reason: options.reason }));

const cancel = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, { ...options, wait: true }, async (handle) => {
    await handle.cancel();
  });

async function decide(
  run: string,
  options: DecisionOptions,
  act: (handle: WorkflowHandle) => Promise<void>,
): Promise<void> {
  await withSession(async (session) => {
    const handle = await openHandle(run, session);
    await session.ensureWorker();
    await act(handle);
    const followed = await followRun(handle, { wait: options.wait, onNode: options.json ? undefined : noteNode });
    reportRun(followed, { run, json: options.json === true, url: null });
  });
}

async function openHandle(run: string, session: Session): Promise<WorkflowHandle> {
  const record = await findRun(run, await session.store());
  if (record.phase === 'closed') {
    throw new PawlError(FailureType.InvalidParams, `run "${run}" is closed already: ${record.outcome}`, {
      hint: `See it with: pawl show ${run}`,
    });
  }
  return (await session.client()).workflow.getHandle(run, record.runId);
}

async function update(handle: WorkflowHandle, name: string, input: object): Promise<void> {
  try {
    await handle.executeUpdate(name, { args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new PawlError(FailureType.InvalidParams, error.cause?.message ?? error.message, { cause: error });
  }
}
