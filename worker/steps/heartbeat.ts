import { Context } from '@temporalio/activity';
import type { Progress } from '../../dsl/context.js';

/** How often a worker says that an attempt is alive, in milliseconds. Cancellation arrives with the answer. */
export const BEAT_MS = 1000;

/** Beats for the running activity until stopped, with the latest progress. */
export function startHeartbeat(): { progress(progress: Progress): void; stop(): void } {
  const context = Context.current();
  let latest: Progress | undefined;
  const beat = (): void => context.heartbeat(latest);
  const timer = setInterval(beat, BEAT_MS);
  return {
    progress: (progress) => {
      latest = progress;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}
