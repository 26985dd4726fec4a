/** Cycles of the calendar, and how many steps each has when it is written as separate inputs. */
export const CYCLES = {
  'minute-of-hour': 60,
  'minute-of-day': 1440,
  'hour-of-day': 24,
  'day-of-week': 7,
  'day-of-year': 366,
} as const;

/** A cycle of the calendar. */
export type Cycle = keyof typeof CYCLES;

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/**
 * The step of a cycle that a time falls into, from 0. Weeks begin on Monday, years on the 1st of January.
 * @param time Milliseconds since 1970 on the clock the cycle is read from, so a local time is counted as if it were UTC.
 */
export function stepOfCycle(cycle: Cycle, time: number): number {
  switch (cycle) {
    case 'minute-of-hour':
      return Math.floor(modulo(time, HOUR) / MINUTE);
    case 'minute-of-day':
      return Math.floor(sinceMidnight(time) / MINUTE);
    case 'hour-of-day':
      return Math.floor(sinceMidnight(time) / HOUR);
    case 'day-of-week':
      // 1970 began on a Thursday.
      return modulo(Math.floor(time / DAY) + 3, 7);
    case 'day-of-year':
      return Math.floor((time - startOfYear(time)) / DAY);
  }
}

/**
 * How much of a cycle has passed, 0 to below 1. Hours and minutes go on continuously; days of the week and
 * of the year move once a day.
 */
export function phaseOfCycle(cycle: Cycle, time: number): number {
  if (cycle === 'minute-of-hour') return modulo(time, HOUR) / HOUR;
  if (cycle === 'minute-of-day' || cycle === 'hour-of-day') return sinceMidnight(time) / DAY;
  return stepOfCycle(cycle, time) / CYCLES[cycle];
}

function sinceMidnight(time: number): number {
  return modulo(time, DAY);
}

function startOfYear(time: number): number {
  return Date.UTC(new Date(time).getUTCFullYear(), 0, 1);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
