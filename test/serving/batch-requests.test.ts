import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchRequests } from '../../serving/batch-requests.js';

interface NumberedRow {
  readonly number: number;
}

const numberOf = (row: object) => (row as NumberedRow).number;

/** A model that gives each row's own number, some time later, and remembers its calls. */
function openModel(mostRows?: number) {
  const calls: number[] = [];
  const predict = batchRequests(async (rows) => {
    calls.push(rows.length);
    await new Promise((resolve) => setImmediate(resolve));
    if (rows.some((row) => numberOf(row) < 0)) throw new Error('a negative row');
    return rows.map(numberOf);
  }, mostRows);
  return { predict, calls };
}

const rowsOf = (numbers: readonly number[]) => numbers.map((number) => ({ number }));

test('requests that come together are one call', async () => {
  const { predict, calls } = openModel();
  const answers = await Promise.all([predict(rowsOf([1])), predict(rowsOf([2, 3])), predict(rowsOf([4]))]);
  expect(answers).toEqual([[1], [2, 3], [4]]);
  expect(calls).toEqual([4]);
});

test('requests that come while the model is busy wait for each other', async () => {
  const { predict, calls } = openModel();
  const first = predict(rowsOf([1]));
  await new Promise((resolve) => setImmediate(resolve));
  const others = [predict(rowsOf([2])), predict(rowsOf([3]))];
  expect(await Promise.all([first, ...others])).toEqual([[1], [2], [3]]);
  expect(calls).toEqual([1, 2]);
});

test('a request that fails does not take its neighbours with it', async () => {
  const { predict } = openModel();
  const answers = await Promise.allSettled([predict(rowsOf([1])), predict(rowsOf([-1])), predict(rowsOf([2]))]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('every request gets its own rows back, and no call joins more rows than allowed', async () => {
  const requests = fc.array(fc.array(fc.nat(), { maxLength: 6 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(requests, fc.integer({ min: 1, max: 10 }), async (numbers, mostRows) => {
      const { predict, calls } = openModel(mostRows);
      expect(await Promise.all(numbers.map((each) => predict(rowsOf(each))))).toEqual(numbers);
      const largest = Math.max(...numbers.map(({ length }) => length));
      expect(Math.max(...calls)).toBeLessThanOrEqual(Math.max(mostRows, largest));
    }),
    { numRuns: 50 },
  );
});
