import { z } from 'zod';
import { FailureType, PawlError } from '../../../plan/failure.js';
import { parseTime } from '../../features/parse-time.js';

export interface TimestampOptions {
  /**
   * IANA zone, such as `UTC` or `America/New_York`. Then a value is a point in time: JSON carries it with an offset or
   * `Z`, and a Parquet or CSV timestamp without zone is read as the clock of this zone. Default: none. Then a value is
   * what a clock showed, JSON carries it without offset, and a file's timestamps must have no zone either.
   */
  readonly zone?: string;
  /** Earliest value, included, in the same form as the values. */
  readonly min?: string;
  /** Latest value, included. */
  readonly max?: string;
}

export interface TimestampTag {
  readonly zone: string | null;
  readonly min: string | null;
  readonly max: string | null;
}

// A tag on the check, not on the schema: zod keeps checks when a schema is wrapped, and drops `.meta()`.
const tagOfCheck = new WeakMap<object, TimestampTag>();

const CLOCK = /^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * A column of timestamps; in TypeScript and JSON an ISO 8601 text, such as `2001-01-31T23:59:00`.
 * @throws PawlError `InvalidPlan` for an unknown zone or a bound that is no such text.
 * @example
 * z.object({ departed: timestamp(), logged: timestamp({ zone: 'UTC', min: '2000-01-01T00:00:00Z' }) })
 */
export function timestamp(options: TimestampOptions = {}): z.ZodString {
  const tag = { zone: options.zone ?? null, min: options.min ?? null, max: options.max ?? null };
  checkOptions(tag);
  const check = z.check<string>(({ value, issues }) => {
    if (timestampProblem(value, tag.zone) || !within(value, tag)) {
      issues.push({ code: 'custom', message: describe(tag), input: value });
    }
  });
  tagOfCheck.set(check, tag);
  return z.string().check(check);
}

/** What `timestamp()` was called with; undefined for any other check. */
export function timestampTagOf(check: object): TimestampTag | undefined {
  return tagOfCheck.get(check);
}

/** Says why a text is no timestamp of a zone (null: of a clock without zone); undefined when it is one. */
export function timestampProblem(text: string, zone: string | null): string | undefined {
  const form = zone === null ? CLOCK : INSTANT;
  if (form.test(text) && parseTime(text) !== undefined) return undefined;
  return zone === null ? 'is not a timestamp without zone' : 'is not a timestamp with an offset or Z';
}

/** Says why a text is no date; undefined when it is one. */
export function dateProblem(text: string): string | undefined {
  return DAY.test(text) && parseTime(text) !== undefined ? undefined : 'is not a date';
}

/** Milliseconds since 1970 of a text that {@link timestampProblem} accepts. */
export function timeOf(text: string): number {
  return parseTime(text)!;
}

function within(text: string, tag: TimestampTag): boolean {
  const time = timeOf(text);
  return (tag.min === null || time >= timeOf(tag.min)) && (tag.max === null || time <= timeOf(tag.max));
}

function describe(tag: TimestampTag): string {
  const form = tag.zone === null ? 'a timestamp without zone' : 'a timestamp with an offset or Z';
  const min = tag.min === null ? '' : `, not before ${tag.min}`;
  const max = tag.max === null ? '' : `, not after ${tag.max}`;
  return `expected ${form}${min}${max}`;
}

function checkOptions(tag: TimestampTag): void {
  if (tag.zone !== null && !isZone(tag.zone)) {
    throw misuse(`"${tag.zone}" is not a time zone`, 'Use an IANA name such as UTC or Europe/Berlin.');
  }
  for (const bound of [tag.min, tag.max]) {
    if (bound === null || !timestampProblem(bound, tag.zone)) continue;
    throw misuse(
      `the bound "${bound}" ${timestampProblem(bound, tag.zone)}`,
      tag.zone === null ? 'Write it as 2001-01-31T00:00:00.' : 'Write it as 2001-01-31T00:00:00Z.',
    );
  }
}

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

function misuse(message: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, `timestamp(): ${message}`, { hint, retryable: false });
}
