import { cronValues } from './cron.js';

const LONGEST_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** All that a calendar can do: the days of the week come to the same dates again. */
const YEARS = 28;

/** How long runs are held where their pipeline does not say it, in milliseconds. */
export function defaultHold(cron: string | undefined): number {
  const shortest = cron === undefined ? null : shortestInterval(cron);
  // The run itself takes time too.
  return shortest === null ? LONGEST_MS : Math.min(LONGEST_MS, shortest / 2);
}

/**
 * The shortest time between two firings of a cron line, in milliseconds, where no clock is put forward; null for a line
 * that is wrong, or never fires twice.
 */
export function shortestInterval(cron: string): number | null {
  const values = cronValues(cron);
  if (!values) return null;
  const [minutes, hours, days, months, weekdays] = values as [Values, Values, Values, Values, Values];
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  const dates = matchingDays(days, months, weekdays);
  const within = gaps(times);
  const overnight = gaps(dates).map((gap) => gap * DAY_MINUTES - times.at(-1)! + times[0]!);
  const all = dates.length === 0 ? [] : [...within, ...overnight];
  return all.length === 0 ? null : Math.min(...all) * MINUTE_MS;
}

type Values = ReadonlySet<number>;

/** Days since a first one. A date must be right as a day of its month and as a day of its week. */
function matchingDays(days: Values, months: Values, weekdays: Values): readonly number[] {
  const first = Date.UTC(2001, 0, 1);
  const found: number[] = [];
  for (let day = 0; day < YEARS * 365.25; day += 1) {
    const date = new Date(first + day * DAY_MINUTES * MINUTE_MS);
    const isWeekday = weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7));
    if (isWeekday && days.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1)) found.push(day);
  }
  return found;
}

function gaps(sorted: readonly number[]): readonly number[] {
  return sorted.slice(1).map((value, index) => value - sorted[index]!);
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A duration as an author writes it, as `12h`. */
export function inWords(ms: number): string {
  const unit = UNITS.find(([, length]) => ms % length === 0) ?? ['ms', 1];
  return `${ms / unit[1]}${unit[0]}`;
}
