import { misuse } from './misuse.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration as `'250ms'`, `'90s'`, `'10m'`, `'2h'`, `'1d'` or a number of milliseconds.
 * @throws PawlError `InvalidPlan` for anything else.
 */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number' && duration > 0) return Math.round(duration);
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration));
  if (!match || Number(match[1]) === 0)
    throw misuse(`"${duration}" is not a duration`, "Write it as '250ms', '90s', '10m', '2h' or '1d'.");
  return Math.round(Number(match[1]) * UNITS[match[2]!]!);
}
