import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { withExamples } from '../example.js';
import { printLine, printNote } from '../output.js';
import { type Session, withSession } from '../session.js';

const DEFAULT_PORT = 8501;
const LAST_PORT = 65_535;

interface ServeOptions {
  readonly port: number;
  readonly host: string;
}

export function addServeCommand(program: Command): void {
  withExamples(
    program
      .command('serve')
      .description('serve the deployed models over HTTP, in the REST form of TensorFlow Serving')
      .option('--port <port>', 'port to listen on; 0 takes a free one', parsePort, DEFAULT_PORT)
      .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in', '127.0.0.1')
      .action((options: ServeOptions) => withSession((session) => serve(session, options))),
    'pawl serve --port 8501',
    `curl localhost:8501/v1/models/flight-delays:predict -d '{"instances": [{"origin": "ATL", …}]}'`,
  );
}

/** Serves until Ctrl-C, or until the stack is gone. */
async function serve(session: Session, { port, host }: ServeOptions): Promise<void> {
  const { startServer } = await import('../../serving/index.js');
  const cacheFolder = join(session.environment.scratch, 'serving');
  const server = await startServer({ store: await session.store(), cacheFolder, port, host, log: printNote });
  session.beforeClose(() => server.close());
  printLine(`serving: ${server.url}/v1/models`);
  await lostStack(session.stack);
}

function lostStack(stack: Session['stack']): Promise<never> {
  return new Promise((_, reject) => stack?.onLost(reject));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LAST_PORT) return port;
  throw new InvalidArgumentError(`A port is a whole number from 0 to ${LAST_PORT}.`);
}
