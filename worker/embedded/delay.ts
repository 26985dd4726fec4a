import { setTimeout } from 'node:timers/promises';

/** Waits `ms` milliseconds. */
export async function delay(ms: number): Promise<void> {
  await setTimeout(ms);
}

/** Asks again and again, each `everyMs`, until the answer is yes or `withinMs` have passed; returns the last answer. */
export async function poll(ask: () => Promise<boolean>, everyMs: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() >= deadline) return false;
    await delay(everyMs);
  }
}
