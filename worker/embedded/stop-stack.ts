import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { connectKeeper } from './connect-keeper.js';
import { poll } from './delay.js';
import { isRunning } from './process-identity.js';
import { stackError } from './stack-error.js';
import { readStackFile } from './stack-file.js';
import { locateState, type StateOptions } from './state-folder.js';

const STOP_WITHIN_MS = 15_000;
const EXIT_WITHIN_MS = 1000;

/**
 * Stops the stack of a project now, whoever uses it (they learn it through `onLost`), and waits until it is down.
 * @returns false when none was running.
 * @throws PawlError when it is still there after 15 s.
 */
export async function stopStack(options: StateOptions = {}): Promise<boolean> {
  const file = await readStackFile(locateState(options).stackFile);
  if (!file) return false;
  const socket = await connectKeeper(file, { wants: 'stop' }, () => {});
  if (!socket) return false;
  await Promise.race([once(socket, 'close'), setTimeout(STOP_WITHIN_MS, undefined, { ref: false })]);
  if (await poll(async () => !(await isRunning(file.keeper)), 10, EXIT_WITHIN_MS)) return true;
  const { pid } = file.keeper;
  throw stackError(`the embedded stack does not stop (process ${pid})`, `End it with \`kill -9 ${pid}\`.`);
}
