import type { Command } from 'commander';
import { type ApproveRequest, RunMessage, type SendRequest } from '../../plan/protocol.js';
import { type DecideOptions, decide, updateRun } from '../decide.js';
import { withExamples } from '../example.js';
import { readGrant } from '../grants/read-grant.js';
import { printNote } from '../output.js';
import { parseValue, withoutUndefined } from '../parse-value.js';
import { userName } from '../user-name.js';

/** Commands that answer a run that waits for people: approve, send. */
export function addPeopleCommands(program: Command): void {
  withExamples(
    program
      .command('approve <run>')
      .description('decide at an approval that a run waits at, and follow the run')
      .option('--node <node>', 'which approval (default: the one that waits)')
      .option('--refuse', 'decide against')
      .option('--reason <text>', 'why; kept with the run')
      .option('--by <name>', 'who decides; kept with the run, not proven (default: your user name)')
      .option('--role <role>', 'in which role')
      .option('--value <json>', 'what the approval asks to be filled in')
      .option('--grant <file>', 'a signed decision, as `pawl grants sign` prints it, or its token')
      .option('--detach', 'return as soon as the decision counts')
      .option('--json', 'print outcome and result as JSON')
      .action(approve),
    'pawl approve flight-delays-2001-03-02T06:00:00Z --reason "looks right"',
    `pawl approve flight-delays-2001-03-02T06:00:00Z --node release --role owner --value '{"level":2}'`,
    'pawl approve flight-delays-2001-03-02T06:00:00Z --refuse --reason "too slow"',
    'pawl approve flight-delays-2001-03-02T06:00:00Z --grant grant.json',
  );
  withExamples(
    program
      .command('send <run> <node>')
      .description('send a waitFor node its event, and follow the run; it may not have been reached yet')
      .option('--value <json>', 'what the event carries', 'null')
      .option('--detach', 'return as soon as the event is there')
      .option('--json', 'print outcome and result as JSON')
      .action(send),
    `pawl send flight-delays-2001-03-02T06:00:00Z labels-ready --value '{"file":"labels.csv"}'`,
  );
}

interface ApproveOptions extends DecideOptions {
  readonly node?: string;
  readonly refuse?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly role?: string;
  readonly value?: string;
  readonly grant?: string;
}

async function approve(run: string, options: ApproveOptions): Promise<void> {
  const signed = options.grant === undefined ? {} : await readGrant(options.grant);
  const { node, reason, role, by, value } = options;
  const said = { node, reason, role, by, value: value === undefined ? undefined : parseValue(value) };
  const request: ApproveRequest = {
    approved: options.refuse !== true,
    by: userName(),
    // What the command line says beside a grant must be what was signed: the run compares.
    ...signed,
    ...withoutUndefined(said),
    ...(options.refuse && { approved: false }),
  };
  await answer(run, options, RunMessage.approve, request);
}

async function send(run: string, node: string, options: DecideOptions & { readonly value: string }): Promise<void> {
  const request: SendRequest = { node, value: parseValue(options.value) };
  await answer(run, options, RunMessage.send, request);
}

async function answer(run: string, options: DecideOptions, name: string, request: object): Promise<void> {
  await decide(run, options, async (handle) => {
    const said = await updateRun(handle, name, request);
    if (!options.json && !options.detach) printNote(said);
    return said;
  });
}
