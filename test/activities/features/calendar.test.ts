import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CYCLES, type Cycle, phaseOfCycle, stepOfCycle } from '../../../activities/features/calendar.js';

const at = (text: string) => Date.parse(`${text}Z`);

describe('cycles', () => {
  test('begin with their first step', () => {
    // Monday.
    for (const cycle of Object.keys(CYCLES) as Cycle[]) expect(stepOfCycle(cycle, at('2001-01-01T00:00'))).toBe(0);
    expect(stepOfCycle('hour-of-day', at('2001-01-01T23:59'))).toBe(23);
    expect(stepOfCycle('minute-of-day', at('2001-01-01T23:59'))).toBe(1439);
    expect(stepOfCycle('minute-of-hour', at('2001-01-01T23:59:59'))).toBe(59);
    expect(stepOfCycle('day-of-week', at('2001-01-07T12:00'))).toBe(6);
    expect(stepOfCycle('day-of-year', at('2000-12-31T12:00'))).toBe(365);
  });

  test('steps and phases stay in range and agree with the calendar, before 1970 too', () => {
    const time = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, (date) => {
        const now = date.getTime();
        for (const [cycle, steps] of Object.entries(CYCLES) as [Cycle, number][]) {
          expect(stepOfCycle(cycle, now)).toBeGreaterThanOrEqual(0);
          expect(stepOfCycle(cycle, now)).toBeLessThan(steps);
          expect(phaseOfCycle(cycle, now)).toBeGreaterThanOrEqual(0);
          expect(phaseOfCycle(cycle, now)).toBeLessThan(1);
        }
        expect(stepOfCycle('day-of-week', now)).toBe((date.getUTCDay() + 6) % 7);
        expect(stepOfCycle('hour-of-day', now)).toBe(date.getUTCHours());
        expect(stepOfCycle('minute-of-hour', now)).toBe(date.getUTCMinutes());
      }),
    );
  });
});
