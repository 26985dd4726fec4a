import { type Command, Option } from 'commander';
import {
  type AbortRequest,
  CODE_CHOICES,
  type CodeChoice,
  type RetryRequest,
  RunMessage,
  type SkipRequest,
} from '../../plan/protocol.js';
import { type DecideOptions, decide, updateRun } from '../decide.js';
import { withExamples } from '../example.js';
import { printNote } from '../output.js';
import { parseValue, withoutUndefined } from '../parse-value.js';
import { userName } from '../user-name.js';

/** Commands that decide about a run: retry, skip, abort, cancel. */
export function addOperatingCommands(program: Command): void {
  withExamples(
    decision(program, 'retry <run>', 'try the held nodes of a run again, and follow it')
      .option('--node <node>', 'only this node')
      .addOption(
        new Option('--code <which>', 'which code runs: the one it had, or the one its pipeline has now')
          .choices([...CODE_CHOICES])
          .default('pinned'),
      )
      .action(retry),
    'pawl retry flight-delays-2001-03-02T06:00:00Z',
    'pawl retry flight-delays-2001-03-02T06:00:00Z --node train --code current',
  );
  withExamples(
    decision(program, 'skip <run>', 'give a held step its output yourself, and follow the run')
      .option('--node <node>', 'which step (default: the one that is held)')
      .requiredOption('--value <json>', 'what stands for its output; its output schema checks it')
      .action(skip),
    `pawl skip flight-delays-2001-03-02T06:00:00Z --node weather --value '{"rows":[]}' --reason "the service is gone"`,
  );
  withExamples(
    decision(program, 'abort <run>', 'end a run as aborted, held or not').action(abort),
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

function decision(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option('--reason <text>', 'why; kept with the run')
    .option('--by <name>', 'who decides; kept with the run, not proven (default: your user name)')
    .option('--detach', 'return as soon as the decision counts')
    .option('--json', 'print outcome and result as JSON');
}

interface DecisionOptions extends DecideOptions {
  readonly node?: string;
  readonly reason?: string;
  readonly by?: string;
}

const retry = (run: string, options: DecisionOptions & { readonly code: CodeChoice }): Promise<void> =>
  send(run, options, RunMessage.retry, { ...whoAndWhat(options), code: options.code } satisfies RetryRequest);

const skip = (run: string, options: DecisionOptions & { readonly value: string }): Promise<void> =>
  send(run, options, RunMessage.skip, {
    ...whoAndWhat(options),
    value: parseValue(options.value),
  } satisfies SkipRequest);

const abort = (run: string, options: DecisionOptions): Promise<void> =>
  send(run, { ...options, wait: true }, RunMessage.abort, whoAndWhat(options) satisfies AbortRequest);

function whoAndWhat({ node, reason, by = userName() }: DecisionOptions) {
  return withoutUndefined({ node, reason, by });
}

async function send(run: string, options: DecisionOptions, name: string, request: object): Promise<void> {
  await decide(run, options, async (handle) => {
    const said = await updateRun(handle, name, request);
    if (!options.json && !options.detach) printNote(said);
    return said;
  });
}

const cancel = (run: string, options: DecisionOptions): Promise<void> =>
  decide(run, { ...options, wait: true }, async (handle) => {
    await handle.cancel();
    return undefined;
  });
