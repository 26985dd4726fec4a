/** A step that waits looks again after this long at the earliest, in milliseconds. */
const SHORTEST_MS = 250;
/** And in the first hour after this long at the latest. */
const LONGEST_MS = 60_000;
/** What is looked at more often than this has gone on for a while may be late by so much: an eighth. */
const SHARE = 8;
/** After the first hour, by a sixtieth. */
const LATE_SHARE = 60;

/**
 * After how many milliseconds a step that waits for its turn looks again: an eighth of the time it has waited, so that a
 * short wait ends quickly. A wait of an hour takes about a hundred looks, one of a day three hundred.
 */
export function pauseAfter(waitedMs: number): number {
  const longest = Math.max(LONGEST_MS, waitedMs / LATE_SHARE);
  return Math.round(Math.min(Math.max(waitedMs / SHARE, SHORTEST_MS), longest));
}

/**
 * The same for those that wait for one holder: where its worker has been silent, they look again once its lease has
 * expired.
 */
export function pauseForHolder(waitedMs: number, leftMs: number, ttlMs: number): number {
  const isSilent = leftMs < ttlMs - SILENT_MS;
  const pause = pauseAfter(waitedMs);
  return isSilent ? Math.min(pause, Math.max(leftMs, 0) + SHORTEST_MS) : pause;
}

const SILENT_MS = 3000;
