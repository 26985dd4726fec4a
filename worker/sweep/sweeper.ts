import { setTimeout as pause } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { Chores } from '../../store/chores.js';
import { WORKER_NAME } from '../worker-name.js';
import type { Chore } from './chore.js';

/** The chores of a worker, at work until it stops. */
export interface Sweeper {
  /** Begins no chore any more, and waits a moment for the one at work. */
  stop(): Promise<void>;
}

/** How long a worker that stops waits for the chore it is at, in milliseconds. */
const LAST_MS = 2000;

/** Does each chore at its time, one after the other. What fails is logged, and done again at its next time. */
export function startSweeper(chores: readonly Chore[], turns: Chores): Sweeper {
  const stop = new AbortController();
  const atWork = sweep(chores, turns, stop.signal);
  return {
    stop: async () => {
      stop.abort();
      await Promise.race([atWork, pause(LAST_MS, undefined, { ref: false })]);
    },
  };
}

async function sweep(chores: readonly Chore[], turns: Chores, signal: AbortSignal): Promise<void> {
  const due = new Map(chores.map((chore) => [chore, Date.now()]));
  while (!signal.aborted) {
    for (const chore of chores) {
      if (signal.aborted || due.get(chore)! > Date.now()) continue;
      await doChore(chore, turns);
      due.set(chore, Date.now() + chore.everyMs);
    }
    const next = Math.min(...due.values()) - Date.now();
    await pause(Math.max(next, 0), undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function doChore({ name, everyMs, shared, run }: Chore, turns: Chores): Promise<void> {
  try {
    // A little less than the pause: the clocks of several workers would miss each other by a moment otherwise.
    if (shared && !(await turns.take({ name, everyMs: everyMs * 0.9, worker: WORKER_NAME }))) return;
    await run();
  } catch (error) {
    Runtime.instance().logger.warn(`chore ${name} failed, and will be tried again: ${String(error)}`);
  }
}
