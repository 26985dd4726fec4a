import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { signGrant } from '../../client/grants/sign-grant.js';
import { makeKeyPair } from '../../client/grants/signing-key.js';
import { durationMs } from '../../dsl/duration.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { ApproveRequest } from '../../plan/protocol.js';
import { withExamples } from '../example.js';
import { findRun } from '../find-run.js';
import { ownSigningKey } from '../grants/own-signing-key.js';
import { printLine, printNote } from '../output.js';
import { parseValue } from '../parse-value.js';
import { withSession } from '../session.js';

/** Commands around signed decisions: grants keygen, grants sign. */
export function addGrantCommands(program: Command): void {
  const grants = program.command('grants').description('sign decisions, so that runs know who made them');
  withExamples(
    grants
      .command('keygen')
      .description('make a pair of keys: the private half into a file, the public half on stdout, for PAWL_GRANT_KEYS')
      .requiredOption('--out <file>', 'where to write the private half; only its owner can read it')
      .option('--name <name>', 'it signs only for this name; several times for several', collect)
      .option('--role <role>', 'it signs only for this role; several times for several', collect)
      .action(keygen),
    'pawl grants keygen --out grant-key.json > grant-keys.json',
    'pawl grants keygen --out ann.json --name ann --role owner > grant-keys.json',
  );
  withExamples(
    grants
      .command('sign <run>')
      .description('sign a decision; what it prints is given to: pawl approve RUN --grant FILE')
      .requiredOption('--node <node>', 'the approval, by its full id in the run')
      .requiredOption('--by <name>', 'who decides')
      .option('--refuse', 'decide against')
      .option('--role <role>', 'in which role')
      .option('--reason <text>', 'why; kept with the run')
      .option('--value <json>', 'what the approval asks to be filled in')
      .option('--expires <duration>', 'how long the grant counts', '1h')
      .option('--key <file>', 'the private half of the key (default: PAWL_GRANT_SIGNING_KEY)')
      .option('--run-id <id>', "Temporal's id of the run, where no server is at hand: pawl show RUN --json has it")
      .action(sign),
    'pawl grants sign retrain-20010302 --node release --by ann --role owner --key ann.json > grant.json',
  );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

interface KeygenOptions {
  readonly out: string;
  readonly name?: readonly string[];
  readonly role?: readonly string[];
}

async function keygen({ out, name: names, role: roles }: KeygenOptions): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair({ names, roles });
  await keepPrivate(out, `${JSON.stringify(privateKey, null, 2)}\n`);
  printLine(JSON.stringify({ keys: [publicKey] }, null, 2));
  printNote(`${out} signs grants: keep it secret. The public half goes to every worker, in PAWL_GRANT_KEYS.`);
}

/** Never over a key that is there: grants signed with it would count no more. */
async function keepPrivate(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already' : String(code);
    throw new PawlError(FailureType.InvalidInput, `the key cannot be written to ${path}: ${why}`, {
      hint: 'Choose another file with --out.',
      cause,
    });
  }
}

interface SignOptions extends Pick<ApproveRequest, 'role' | 'reason'> {
  readonly node: string;
  readonly by: string;
  readonly refuse?: boolean;
  readonly value?: string;
  readonly expires: string;
  readonly key?: string;
  readonly runId?: string;
}

async function sign(run: string, options: SignOptions): Promise<void> {
  const key = await ownSigningKey(options.key);
  if (!key) {
    const hint = 'Give --key FILE or set PAWL_GRANT_SIGNING_KEY; pawl grants keygen makes one.';
    throw new PawlError(FailureType.InvalidInput, 'there is no key to sign with', { hint });
  }
  const { node, by, refuse, role, reason, value, expires } = options;
  const approved = refuse !== true;
  const decision = {
    ...(await executionOf(run, options.runId)),
    node,
    by,
    approved,
    ...(role !== undefined && { role }),
    ...(reason !== undefined && { reason }),
    ...(value !== undefined && { value: parseValue(value) }),
  };
  printLine(JSON.stringify(await signGrant(decision, { key, validMs: durationMs(expires) }), null, 2));
}

async function executionOf(run: string, runId: string | undefined): Promise<{ run: string; runId: string }> {
  if (runId !== undefined) return { run, runId };
  return withSession(async (session) => {
    const found = await findRun(run, session);
    return { run: found.workflowId, runId: found.runId };
  });
}
