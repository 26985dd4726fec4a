import { once } from 'node:events';
import { connectKeeper } from './connect-keeper.js';
import { delay } from './delay.js';
import { findLockOwner } from './keeper-lock.js';
import { type LaunchedKeeper, launchKeeper } from './launch-keeper.js';
import type { KeeperEvent } from './protocol.js';
import { HeldStack, type Hold, type Stack } from './stack.js';
import { stackError, toError } from './stack-error.js';
import { readStackFile, type Services } from './stack-file.js';
import { makeState, type StateFolder, type StateOptions } from './state-folder.js';

const LOOK_EVERY_MS = 10;
/** Longer than a keeper needs to stop, and than a lock of another machine takes to go stale. */
const KEEPER_WITHIN_MS = 45_000;

export interface AcquireOptions extends StateOptions {
  /** Takes progress lines: what is being started, and what was started again. Default: they are dropped. */
  readonly log?: (line: string) => void;
  /** How long the stack stays up after this user when it was the last one, in milliseconds. Default: 1000. */
  readonly graceMs?: number;
}

/**
 * Joins the embedded stack of a project (Temporal with its Web UI, and Postgres), and starts it when it is not running.
 * All commands of a project share one stack; it stops when the last of them has released it, or has ended in any way.
 *
 * @throws PawlError when the stack cannot be started: a part is missing, the disk is full, the folder is not writable.
 * @example
 * const stack = await acquireStack({ log: console.error });
 * try { await work(stack.temporalAddress, stack.databaseUrl); } finally { await stack.release(); }
 */
export async function acquireStack(options: AcquireOptions = {}): Promise<Stack> {
  const state = await makeState(options);
  const log = options.log ?? (() => {});
  let launched: LaunchedKeeper | undefined;
  const giveUpAt = () => Date.now() + KEEPER_WITHIN_MS;
  for (let deadline = giveUpAt(); Date.now() < deadline; await delay(LOOK_EVERY_MS)) {
    const began = Date.now();
    const hold = await holdStack(state, log, options.graceMs);
    if (hold) return new HeldStack(hold, state, hold.keeper.pid === launched?.pid, log);
    deadline += Date.now() - began; // A start that others then stopped takes nothing from our time.
    if (await launched?.hasEnded()) launched = undefined;
    if (!launched && !(await findLockOwner(state.folder))) launched = await launchKeeper(state);
  }
  throw await noKeeper(state);
}

/** Holds the running stack, once it is ready; undefined when there is none, or it stops before it is ready. */
async function holdStack(
  state: StateFolder,
  log: (line: string) => void,
  graceMs: number | undefined,
): Promise<Hold | undefined> {
  const file = await readStackFile(state.stackFile);
  if (!file || file.status === 'failed') return undefined;
  const early: KeeperEvent[] = [];
  let take = (event: KeeperEvent) => void early.push(event);
  const socket = await connectKeeper(file, { wants: 'hold', graceMs }, (event) => take(event));
  if (!socket) return undefined;
  const ready = new Promise<Services>((resolve, reject) => {
    take = (event) => {
      if (event.event === 'log') log(event.line);
      if (event.event === 'ready') resolve(event.services);
      if (event.event === 'failed') reject(toError(event.problem));
    };
    early.forEach(take);
  });
  const services = await Promise.race([ready, once(socket, 'close').then(() => undefined)]);
  const listen = (listener: typeof take) => {
    take = listener;
  };
  return services && { socket, keeper: file.keeper, services, listen };
}

async function noKeeper({ folder, logs }: StateFolder): Promise<Error> {
  const lock = await findLockOwner(folder);
  if (lock?.foreign) {
    return stackError(
      `the embedded stack of ${folder} is in use on another machine or in another container`,
      'Stop it there, or set PAWL_STATE to another folder.',
    );
  }
  const holder = lock
    ? `process ${lock.owner.pid} holds ${folder} and cannot be reached`
    : 'no keeper could be reached';
  return stackError(
    `the embedded stack does not start: ${holder}`,
    lock ? `End it with \`kill -9 ${lock.owner.pid}\` and try again.` : `${logs}/keeper.log says more.`,
  );
}
