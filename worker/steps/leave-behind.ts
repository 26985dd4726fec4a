import { CancelledFailure } from '@temporalio/common';

/** How long a function has to stop once its signal says so, in milliseconds. */
export const GRACE_MS = 10_000;

/**
 * Waits for what a function gives, and a while longer when it was told to stop. One that does not listen is left behind:
 * nobody can end a function of JavaScript from outside, and what it puts out counts no more.
 * @throws CancelledFailure then; or what the function throws.
 */
export async function leaveBehind<T>(work: Promise<T>, signal: AbortSignal, onLeft: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const left = new Promise<never>((_, reject) => {
    const wait = (): void => {
      timer = setTimeout(() => {
        onLeft();
        reject(new CancelledFailure('the step did not stop, and was left behind'));
      }, GRACE_MS);
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    clearTimeout(timer);
    left.catch(() => undefined);
    work.catch(() => undefined);
  }
}
