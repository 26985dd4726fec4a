import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { isPawlError, PawlError } from '../../plan/failure.js';
import { type NodeStatus, RunMessage } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import { type DecideOptions, decide, updateRun } from '../decide.js';
import { withExamples } from '../example.js';

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

interface DecisionOptions extends DecideOptions {
  readonly node?: string;
  readonly reason?: string;
}

const retry = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, options, async (handle) => {
    try {
      return await updateRun(handle, RunMessage.retry, { node: options.node });
    } catch (error) {
      throw options.node === undefined ? error : await withNearNode(error, options.node, handle);
    }
  });

/** A refusal with the held node that was perhaps meant. */
async function withNearNode(error: unknown, node: string, handle: WorkflowHandle): Promise<unknown> {
  if (!isPawlError(error)) return error;
  const table = await handle.query<readonly NodeStatus[]>(RunMessage.nodes).catch(() => []);
  const held = table.filter(({ state }) => state === 'held').map((each) => each.node);
  if (held.length === 0) return error;
  return new PawlError(error.type, error.message, { hint: suggestName(node, held), cause: error });
}

const abort = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, options, (handle) => updateRun(handle, RunMessage.abort, { reason: options.reason }));

const cancel = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, { ...options, wait: true }, async (handle) => {
    await handle.cancel();
    return undefined;
  });
