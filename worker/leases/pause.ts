/** A step that waits looks again after this long at the earliest, in milliseconds. */
const SHORTEST_MS = 250;
/** Otherwise it may be late by an eighth of the time it has waited. */
const SHARE = 8;
/** After the first hour, by a sixtieth. */
const LATE_SHARE = 60;
/** And in the first hour, by so much at the most: who waits for work to be done, and who is kept a place in line. */
const LONGEST_FOR_WORK_MS = 30_000;
const LONGEST_FOR_PLACE_MS = 15_000;

/**
 * After how many milliseconds a step that waits looks again: soon where it has waited little, so that a short wait ends
 * quickly, and seldom enough that an hour of waiting takes some 150 looks, for a place some 280.
 */
function pauseAfter(waitedMs: number, longestMs: number): number {
  const longest = Math.max(longestMs, waitedMs / LATE_SHARE);
  return Math.round(Math.min(Math.max(waitedMs / SHARE, SHORTEST_MS), longest));
}

/** The pause of a step that waits for a place, which stays free until it comes if it is the first in line. */
export const pauseForPlace = (waitedMs: number): number => pauseAfter(waitedMs, LONGEST_FOR_PLACE_MS);

/**
 * The pause of a step that waits for one holder: where its worker has been silent, until the lease has expired.
 */
export function pauseForHolder(waitedMs: number, leftMs: number, ttlMs: number): number {
  const isSilent = leftMs < ttlMs - SILENT_MS;
  const pause = pauseAfter(waitedMs, LONGEST_FOR_WORK_MS);
  return isSilent ? Math.min(pause, Math.max(leftMs, 0) + SHORTEST_MS) : pause;
}

const SILENT_MS = 3000;
