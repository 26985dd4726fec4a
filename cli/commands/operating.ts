import type { Command } from 'commander';
import { RunMessage } from '../../plan/protocol.js';
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
  decide(run, options, (handle) => updateRun(handle, RunMessage.retry, { node: options.node }));

const abort = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, options, (handle) => updateRun(handle, RunMessage.abort, { reason: options.reason }));

const cancel = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, { ...options, wait: true }, async (handle) => {
    await handle.cancel();
    return undefined;
  });
