import { connect, type Socket } from 'node:net';
import { HOST } from './ports.js';
import { isRunning } from './process-identity.js';
import { type KeeperEvent, type Request, receiveMessages, sendMessage } from './protocol.js';
import { stackError } from './stack-error.js';
import type { StackFile } from './stack-file.js';

const ANSWER_WITHIN_MS = 10_000;
const LONGEST_MESSAGE = 1_000_000;

/**
 * Connects to the keeper that `stack.json` names. `take` gets what it says later.
 * @returns undefined when it is not there any more, or stopping.
 * @throws PawlError when it is there and says nothing.
 */
export async function connectKeeper(
  file: StackFile,
  request: Omit<Request, 'token'>,
  take: (event: KeeperEvent) => void,
): Promise<Socket | undefined> {
  if (!(await isRunning(file.keeper))) return undefined;
  const socket = connect({ host: HOST, port: file.port, noDelay: true });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(silent(file));
      socket.destroy();
    }, ANSWER_WITHIN_MS);
    socket.on('error', () => {}); // `close` follows.
    socket.once('connect', () => sendMessage(socket, { token: file.token, ...request }));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    receiveMessages<KeeperEvent>(socket, LONGEST_MESSAGE, (event) => {
      clearTimeout(timer);
      if (event.event === 'welcome') resolve(socket);
      else take(event);
    });
  });
}

function silent({ keeper }: StackFile): Error {
  return stackError(
    `the keeper of the embedded stack (process ${keeper.pid}) does not answer`,
    `End it with \`kill -9 ${keeper.pid}\` and try again; Temporal and Postgres end with it, and no data is lost.`,
  );
}
