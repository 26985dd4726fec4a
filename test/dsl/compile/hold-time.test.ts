import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultHold, inWords, shortestInterval } from '../../../dsl/compile/hold-time.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ['0 6 2 * *', 28 * DAY],
  ['0 6 * * *', DAY],
  ['*/15 * * * *', HOUR / 4],
  ['0 6,7 * * *', HOUR],
  ['0 1,23 * * *', 2 * HOUR],
  ['30 6 * * mon-fri', DAY],
  ['0 0 * * 7', 7 * DAY],
  ['0 0 29 2 *', 1461 * DAY],
  ['0 0 1,31 * *', DAY],
  ['50/5 * * * *', HOUR / 12],
  ['0 0 31 2 *', null],
  ['@daily', null],
])('"%s" fires again after %s ms at the soonest', (cron, ms) => {
  expect(shortestInterval(cron)).toBe(ms);
});

test.each([
  [undefined, 7 * DAY],
  ['0 6 2 * *', 7 * DAY],
  ['0 6 * * *', DAY / 2],
  ['*/10 * * * *', 5 * 60_000],
])('runs of "%s" are held for %s ms by default', (cron, ms) => {
  expect(defaultHold(cron)).toBe(ms);
});

test('every so many minutes of each hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 59 }), (step) => {
      const last = 60 - (Math.ceil(60 / step) - 1) * step;
      const gap = Math.min(step, last);
      expect(shortestInterval(`*/${step} * * * *`)).toBe(gap * 60_000);
    }),
    { numRuns: 59 },
  );
});

test('durations read as authors write them', () => {
  expect([inWords(3 * DAY), inWords(DAY / 2), inWords(90_000), inWords(5)]).toEqual(['3d', '12h', '90s', '5ms']);
});
