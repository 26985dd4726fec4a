import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jensenShannon, lInfinity, populationStability } from '../../../../activities/data/drift/distances.js';
import { alignHistograms, decileShares } from '../../../../activities/data/drift/histogram-shares.js';
import type { Histogram } from '../../../../activities/data/statistics/statistics.js';

const bucket = (low: number, high: number, count: number) => ({ low, high, count });
const divergence = (p: Histogram, q: Histogram) => jensenShannon(...alignHistograms(p, q));

/** The definitions once more, written as the textbooks do, to compute what the tests expect. */
const log2Divergence = (p: number[], m: number[]) =>
  p.reduce((sum, share, i) => sum + (share > 0 ? share * Math.log2(share / m[i]!) : 0), 0);
const textbook = (p: number[], q: number[]) => {
  const m = p.map((share, i) => (share + q[i]!) / 2);
  return log2Divergence(p, m) / 2 + log2Divergence(q, m) / 2;
};

describe('distances between shares', () => {
  const p = [0.5, 0.3, 0.2];
  const q = [0.4, 0.4, 0.2];

  it('have the known values', () => {
    expect(lInfinity(p, q)).toBeCloseTo(0.1, 12);
    expect(populationStability(p, q)).toBeCloseTo(0.0510825624, 10);
    expect(jensenShannon(p, q)).toBeCloseTo(0.0091859255, 10);
    expect(jensenShannon(p, q)).toBeCloseTo(textbook(p, q), 12);
    expect(populationStability(p, q)).toBeCloseTo((0.4 - 0.5) * Math.log(0.4 / 0.5) + 0.1 * Math.log(0.4 / 0.3), 12);
  });

  it('floor empty bins at 1e-4 in the stability index alone', () => {
    expect(populationStability([1, 0], [0.5, 0.5])).toBeCloseTo(
      -0.5 * Math.log(0.5) + 0.4999 * Math.log(0.5 / 1e-4),
      12,
    );
    expect(jensenShannon([1, 0], [0, 1])).toBe(1);
  });

  it('are symmetric, zero for equal shares, and bounded', () => {
    const shares = fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }).filter((counts) => counts.some(Boolean));
    const normalise = (counts: number[]) => counts.map((count) => count / counts.reduce((a, b) => a + b));
    fc.assert(
      fc.property(shares.map(normalise), shares.map(normalise), (a, b) => {
        for (const distance of [lInfinity, jensenShannon]) {
          expect(distance(a, b)).toBeCloseTo(distance(b, a), 12);
          expect(distance(a, a)).toBeCloseTo(0, 12);
          expect(distance(a, b)).toBeGreaterThanOrEqual(0);
          expect(distance(a, b)).toBeLessThanOrEqual(1);
        }
        expect(populationStability(a, b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('histograms', () => {
  it('are aligned on all edges, with the rows of a bucket spread evenly', () => {
    const p = [bucket(1, 2, 2), bucket(2, 3, 2)];
    const q = [bucket(2, 4, 2), bucket(4, 6, 2)];
    expect(alignHistograms(p, q)).toEqual([
      [0.5, 0.5, 0, 0],
      [0, 0.25, 0.25, 0.5],
    ]);
    expect(divergence(p, q)).toBeCloseTo(0.65563906222, 10);
    expect(divergence(p, q)).toBeCloseTo(textbook([0.5, 0.5, 0, 0], [0, 0.25, 0.25, 0.5]), 12);
    expect(divergence(p, [bucket(7, 8, 1)])).toBe(1);
    expect(divergence(p, p)).toBe(0);
  });

  it('compare single values with single values only', () => {
    const p = [bucket(0, 1, 1), bucket(1, 1, 1)];
    expect(divergence(p, [bucket(0, 1, 1), bucket(1, 1, 1)])).toBe(0);
    expect(divergence(p, [bucket(0, 1, 2)])).toBeCloseTo(textbook([0.5, 0.5], [1, 0]), 12);
    expect(divergence([bucket(1, 1, 1)], [bucket(0, 2, 1)])).toBe(1);
  });

  it('do not depend on how finely an even spread is cut', () => {
    const coarse = [bucket(0, 10, 10)];
    const fine = Array.from({ length: 10 }, (_, i) => bucket(i, i + 1, 1));
    expect(divergence(coarse, fine)).toBeCloseTo(0, 12);
  });

  it('are cut at the tenths of the reference for the stability index', () => {
    const reference = [bucket(0, 100, 1000)];
    const [p, q] = decileShares(reference, [bucket(0, 50, 500), bucket(50, 50, 500)]);
    for (const share of p) expect(share).toBeCloseTo(0.1, 12);
    expect(q.map((share) => Number(share.toFixed(12)))).toEqual([0.1, 0.1, 0.1, 0.1, 0.6, 0, 0, 0, 0, 0]);
    expect(decileShares([bucket(3, 3, 5)], [bucket(4, 4, 5)])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
