import { expect, test } from 'vitest';
import { cronProblem } from '../../../dsl/compile/cron.js';

test.each(['0 6 2 * *', '*/15 * * * *', '0,30 8-18/2 1 jan-mar MON-fri', '59 23 31 12 7', '5/10 0 * * sunday'])(
  '"%s" is a cron line',
  (cron) => {
    expect(cronProblem(cron)).toBeNull();
  },
);

test.each([
  ['61 * * * *', '"61" is no minute in "61 * * * *": it goes from 0 to 59'],
  ['0 24 * * *', '"24" is no hour'],
  ['0 0 0 * *', '"0" is no day of month'],
  ['0 0 1 13 *', '"13" is no month'],
  ['0 0 1 may-apr *', '"may-apr" is no month'],
  ['0 0 * * 8', '"8" is no day of week'],
  ['0 0 * * */0', '"*/0" is no day of week'],
  ['0 6 2 *', 'is not five cron fields'],
  ['@daily', 'is not five cron fields'],
  ['a b c d e', '"a" is no minute'],
])('"%s" is not, and it is said why', (cron, problem) => {
  expect(cronProblem(cron)).toContain(problem);
});
