import { setImmediate } from 'node:timers/promises';

/**
 * Lets messages in every so often: TensorFlow computes without a pause, and a process that never listens cannot notice
 * that its parent is gone.
 * @param everyMs Most time between two pauses.
 */
export function makeBreather(everyMs = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await setImmediate();
    last = performance.now();
  };
}
