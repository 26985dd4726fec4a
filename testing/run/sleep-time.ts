import type { Quoted } from '../../plan/binding.js';

/** With seconds or without; what follows is the zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;
const LONGEST_MS = 100 * 365 * 86_400_000;

/** How long a `sleep` waits, in milliseconds; or what is wrong with the time it is given. */
export function sleepTime(until: Quoted, now: number): number | { readonly problem: string } {
  const ms = timeLeft(until, now);
  if (ms === null) return { problem: 'is neither milliseconds nor a time with its zone' };
  return ms > LONGEST_MS ? { problem: 'is more than a hundred years away' } : ms;
}

function timeLeft(until: Quoted, now: number): number | null {
  if (typeof until === 'number') return until;
  if (typeof until !== 'string' || !TIME.test(until)) return null;
  const at = Date.parse(until);
  return Number.isNaN(at) ? null : at - now;
}
