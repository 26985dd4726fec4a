import { step, z } from 'pawl';

/** A month as `2001-01`. */
export function yearMonth() {
  return z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month as 2001-01');
}

/** The month so many months before a time, in UTC. */
export function monthsBefore(at: Date, count: number): string {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - count)).toISOString().slice(0, 7);
}

/** The month after a month. */
export const nextMonth = step(
  'next-month',
  { input: z.object({ month: yearMonth() }), output: z.object({ value: yearMonth() }), light: true },
  ({ month }) => ({ value: monthsBefore(new Date(`${month}-01T00:00:00Z`), -1) }),
);
