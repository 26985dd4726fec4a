import { CancellationScope, type WorkflowInterceptors } from '@temporalio/workflow';

let resets = 0;
let told: (() => void) | null = null;
let known: unknown = null;

/**
 * Calls back when Temporal has reset the run: what follows in the history is another run's, with another run id. It is
 * called at the same place whenever the history is replayed. A reset that came before is told at once.
 */
export function followResets(listener: () => void): void {
  told = listener;
  if (resets > 0) listener();
}

/**
 * The SDK takes the job that says so away before interceptors see it, and leaves one trace: a new seed for what is
 * random. It is an inner value of the SDK, whose version is pinned; a test resets runs and would tell.
 */
function seedNow(): unknown {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: { randomnessSeed?: unknown } }).__TEMPORAL_ACTIVATOR__
    ?.randomnessSeed;
}

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        next(input);
        const seed = seedNow();
        const isReset = known !== null && seed !== known;
        known = seed;
        if (!isReset) return;
        resets += 1;
        if (told) void CancellationScope.nonCancellable(async () => told?.());
      },
    },
  ],
});
