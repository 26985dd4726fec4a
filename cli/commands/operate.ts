import { type Command, InvalidArgumentError } from 'commander';
import { FailureType, PawlError } from '../../plan/failure.js';
import { withExamples } from '../example.js';
import { ownSigningKey } from '../grants/own-signing-key.js';
import { isLoopback } from '../operate/authenticate.js';
import { ACTIONS, type Action, makeToken, readOperators } from '../operate/operators.js';
import { printJson, printLine, printNote } from '../output.js';
import { type Session, withSession } from '../session.js';

interface OperateOptions {
  readonly port: number;
  readonly host: string;
  readonly operators?: string;
}

/** Commands that let people and services act on runs over HTTP: operate, operators token. */
export function addOperateCommands(program: Command): void {
  withExamples(
    program
      .command('operate')
      .description('serve runs over HTTP: look at them, approve, send, retry, skip, abort, cancel')
      .option('--port <port>', 'port to listen on; 0 takes a free one', parsePort, 7788)
      .option(
        '--host <address>',
        'address to listen on; another than this machine’s own needs --operators',
        '127.0.0.1',
      )
      .option('--operators <file>', 'who may act, by token (default: PAWL_OPERATORS; without it, names are claims)')
      .action((options: OperateOptions) => withSession((session) => operate(session, options))),
    'pawl operate --operators operators.json',
    'curl localhost:7788/runs/RUN -H "authorization: Bearer $TOKEN"',
    `curl localhost:7788/runs/RUN/approve -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{}'`,
  );
  withExamples(
    program
      .command('operators')
      .description('who may act on runs over HTTP')
      .command('token <name>')
      .description('make a token for somebody, and the line for the list of operators')
      .option('--role <role>', 'a role they have; several times for several', collect)
      .option('--may <action>', `what they may do (default: all): ${ACTIONS.join(', ')}`, collectAction)
      .option('--json', 'print as JSON')
      .action(token),
    'pawl operators token ann --role owner',
    'pawl operators token labelling-service --may send',
  );
}

/** Serves until Ctrl-C, or until the stack is gone. */
async function operate(session: Session, options: OperateOptions): Promise<void> {
  const { port, host, operators = process.env.PAWL_OPERATORS || undefined } = options;
  if (operators === undefined) checkAlone(host);
  else await readOperators(operators);
  const key = await ownSigningKey();
  if (key && operators === undefined) throw misplacedKey();
  // Nothing to wait for: where the servers are the project's own, its worker comes along.
  await Promise.all([session.client(), session.store(), session.ensureWorker()]);
  const { listen } = await import('../../serving/listen.js');
  const { operateRoutes } = await import('../operate/routes.js');
  const server = await listen(operateRoutes({ session, operators, key, log: printNote }), port, host);
  session.beforeClose(() => server.close());
  printLine(`operating: ${server.url}/runs`);
  if (operators === undefined) printNote('without --operators, who decides is what they say');
  if (!isLoopback(host)) printNote('tokens travel as they are: put TLS in front of this');
  await new Promise<never>((_, reject) => session.stack?.onLost(reject));
}

function checkAlone(host: string): void {
  if (isLoopback(host)) return;
  throw new PawlError(FailureType.InvalidInput, `without operators, nobody but this machine is let in, not ${host}`, {
    hint: 'Give --operators FILE; pawl operators token NAME prints a line for it.',
  });
}

function misplacedKey(): PawlError {
  return new PawlError(FailureType.InvalidInput, 'a key would sign for whoever asks, as there are no operators', {
    hint: 'Give --operators FILE, or unset PAWL_GRANT_SIGNING_KEY.',
  });
}

interface TokenOptions {
  readonly role?: readonly string[];
  readonly may?: readonly Action[];
  readonly json?: boolean;
}

function token(name: string, { role: roles = [], may, json }: TokenOptions): void {
  const { token, digest } = makeToken();
  const operator = { name, roles, ...(may && { may }), token: digest };
  if (json) {
    printJson({ token, operator });
    return;
  }
  printLine(`token (shown this once): ${token}`);
  printLine(`for the list of operators: ${JSON.stringify(operator)}`);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function collectAction(value: string, before: readonly Action[] = []): readonly Action[] {
  const action = ACTIONS.find((each) => each === value);
  if (action) return [...before, action];
  throw new InvalidArgumentError(`It is one of ${ACTIONS.join(', ')}.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
