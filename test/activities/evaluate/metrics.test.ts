import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateShare } from '../../../activities/evaluate/estimate.js';
import { compare, judgeRows } from '../../../activities/evaluate/metrics.js';
import { averagePrecision, estimateAuc, rank } from '../../../activities/evaluate/ranking.js';
import { sliceBy } from '../../../activities/evaluate/slices.js';

const floats = (...values: number[]) => Float64Array.from(values);
const labels = (...values: number[]) => Int8Array.from(values);

describe('check values', () => {
  const scores = floats(0.1, 0.4, 0.35, 0.8);
  const y = labels(0, 0, 1, 1);

  test('AUC and average precision', () => {
    expect(rank(scores, y)!.auc).toBeCloseTo(0.75, 12);
    expect(averagePrecision(scores, y)).toBeCloseTo(0.8333333333, 9);
  });

  test("DeLong's interval, computed by hand", () => {
    // Placements: positives 0.5 and 1, negatives 1 and 0.5; each has sample variance 0.125, over 2 rows.
    const { value, low, high } = estimateAuc(rank(scores, y)!);
    expect(value).toBeCloseTo(0.75, 12);
    expect(low).toBeCloseTo(0.75 - 1.959963984540054 * Math.sqrt(0.125), 9);
    expect(high).toBe(1);
  });

  test('log loss, Brier score, accuracy and calibration error', () => {
    const { metrics } = judgeRows(scores, y);
    const loss = -(Math.log(0.9) + Math.log(0.6) + Math.log(0.35) + Math.log(0.8)) / 4;
    expect(metrics.logLoss.value).toBeCloseTo(loss, 12);
    expect(metrics.brier.value).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04) / 4, 12);
    expect(metrics.accuracy.value).toBe(0.75);
    // Bins: 0.1 | 0.35 | 0.4 | 0.8.
    expect(metrics.calibrationError.value).toBeCloseTo((0.1 + 0.65 + 0.4 + 0.2) / 4, 12);
    expect(metrics).toMatchObject({ rows: 4, positives: 2 });
  });

  test("Wilson's interval", () => {
    const share = estimateShare(8, 10);
    expect(share.low).toBeCloseTo(0.49016, 4);
    expect(share.high).toBeCloseTo(0.94332, 4);
  });

  test('one class only: no AUC', () => {
    expect(judgeRows(floats(0.2, 0.3), labels(0, 0)).metrics).toMatchObject({ auc: null, averagePrecision: null });
    expect(judgeRows(floats(0.2), labels(1)).metrics).toMatchObject({ rows: 1, logLoss: { low: 0 } });
  });

  test('a certain mistake costs much, not infinitely much', () => {
    expect(judgeRows(floats(1, 0), labels(0, 1)).metrics.logLoss.value).toBeCloseTo(-Math.log(1e-7), 9);
  });
});

const rows = fc.array(fc.record({ score: fc.integer({ min: 0, max: 100 }), label: fc.integer({ min: 0, max: 1 }) }), {
  minLength: 2,
  maxLength: 60,
});
const columns = (list: { score: number; label: number }[]) => ({
  scores: Float64Array.from(list, (row) => row.score / 100),
  y: Int8Array.from(list, (row) => row.label),
});

describe('properties', () => {
  test('AUC is the share of pairs that are in order', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { scores, y } = columns(list);
        const positives = list.filter((row) => row.label === 1);
        const negatives = list.filter((row) => row.label === 0);
        const pairs = positives.flatMap((p) =>
          negatives.map((n) => (p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0)),
        );
        if (pairs.length === 0) expect(rank(scores, y)).toBeNull();
        else expect(rank(scores, y)!.auc).toBeCloseTo(pairs.reduce<number>((a, b) => a + b, 0) / pairs.length, 9);
      }),
    );
  });

  test('AUC does not change under a monotone map, and turns over with the labels', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { scores, y } = columns(list);
        const found = rank(scores, y);
        if (!found) return;
        expect(
          rank(
            scores.map((score) => score ** 3 / 2),
            y,
          )!.auc,
        ).toBeCloseTo(found.auc, 12);
        expect(
          rank(
            scores,
            y.map((label) => 1 - label),
          )!.auc,
        ).toBeCloseTo(1 - found.auc, 9);
      }),
    );
  });

  test('a model gains nothing over itself, and a change turns over with its sides', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { scores, y } = columns(list);
        const model = judgeRows(scores, y);
        const other = judgeRows(
          scores.map((score) => score / 2),
          y,
        );
        for (const estimate of Object.values(compare(model, model))) {
          // With one row of a class there is a value, and no way to know how sure it is.
          if (estimate) expect([estimate.value, estimate.low + estimate.high]).toEqual([0, 0]);
        }
        expect(compare(model, other).logLoss.value).toBeCloseTo(-compare(other, model).logLoss.value, 9);
      }),
    );
  });

  test('every value lies within its interval', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { scores, y } = columns(list);
        const { rows: _, positives: __, averagePrecision: ___, ...estimates } = judgeRows(scores, y).metrics;
        for (const estimate of Object.values(estimates)) {
          if (!estimate) continue;
          expect(estimate.low).toBeLessThanOrEqual(estimate.value + 1e-12);
          expect(estimate.high).toBeGreaterThanOrEqual(estimate.value - 1e-12);
        }
      }),
    );
  });

  test("DeLong's interval covers the true AUC about as often as it says", () => {
    // Scores with P(positive above negative) = 2/3: uniform against the greater of two uniforms.
    let seed = 1;
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed / 0x80000000;
    };
    let covered = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const y = Int8Array.from({ length: 400 }, () => Number(random() < 0.3));
      const scores = Float64Array.from(y, (label) => (label ? Math.max(random(), random()) : random()));
      const { low, high } = estimateAuc(rank(scores, y)!);
      if (low <= 2 / 3 && 2 / 3 <= high) covered += 1;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
    expect(covered / 300).toBeLessThan(0.985);
  });
});

test('slices are the commonest values, with missing ones named', () => {
  const column = {
    kind: 'text',
    codes: Int32Array.from([1, 0, -1, 1, 1, -1, 2]),
    dictionary: ['a', 'b', 'c'],
  } as const;
  const slices = sliceBy('from', column, Uint32Array.from([0, 1, 2, 3, 5, 6]), 3);
  expect(slices.map(({ name, at }) => [name, [...at]])).toEqual([
    ['from is missing', [2, 4]],
    ['from=b', [0, 3]],
    ['from=a', [1]],
  ]);
});
