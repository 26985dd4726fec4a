import type { Socket } from 'node:net';
import type { Problem } from './stack-error.js';
import type { Services } from './stack-file.js';

/*
 * Commands and the keeper talk over a loopback connection, one JSON object a line. The command speaks once. While its side
 * of the connection is open it uses the stack: so a command that is killed leaves, because the system closes its side.
 */

/** The one message of a command. */
export interface Request {
  readonly token: string;
  readonly wants: 'hold' | 'look' | 'stop';
  /** For `hold`: how long the stack stays up after this command when it was the last one, in milliseconds. */
  readonly graceMs?: number;
}

/** What the keeper says. */
export type KeeperEvent =
  | { readonly event: 'welcome' }
  /** You have left; others still use the stack. */
  | { readonly event: 'farewell' }
  | { readonly event: 'log'; readonly line: string }
  | { readonly event: 'ready'; readonly services: Services }
  | { readonly event: 'failed'; readonly problem: Problem };

export function sendMessage(socket: Socket, message: Request | KeeperEvent): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `take` with each message that arrives. One that is no JSON, or longer than `limit` characters, ends the connection. */
export function receiveMessages<Message>(socket: Socket, limit: number, take: (message: Message) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > limit || !takeAll(lines, take)) socket.destroy();
  });
}

function takeAll<Message>(lines: readonly string[], take: (message: Message) => void): boolean {
  for (const line of lines) {
    let message: Message;
    try {
      message = JSON.parse(line) as Message;
    } catch {
      return false;
    }
    take(message);
  }
  return true;
}
