import { expect, test } from 'vitest';
import { monthsBefore, nextMonth, yearMonth } from '../../examples/flight-delays/months.js';

test('months are counted across years', () => {
  expect(monthsBefore(new Date('2001-03-02T06:00:00Z'), 2)).toBe('2001-01');
  expect(monthsBefore(new Date('2001-01-31T23:59:59Z'), 1)).toBe('2000-12');
  expect(monthsBefore(new Date('2001-02-28T00:00:00Z'), 0)).toBe('2001-02');
});

test('the next month of December is in the next year', async () => {
  expect(await nextMonth.run({ month: '2001-01' })).toEqual({ value: '2001-02' });
  expect(await nextMonth.run({ month: '2001-12' })).toEqual({ value: '2002-01' });
});

test('only months are accepted', () => {
  for (const text of ['2001-13', '2001-1', '01-2001', '2001-01-01'])
    expect(yearMonth().safeParse(text).success).toBe(false);
});
