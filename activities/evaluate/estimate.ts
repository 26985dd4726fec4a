import type { Estimate } from '../values.js';

/** The 97.5 % quantile of the normal distribution: 95 % lie within this many standard errors. */
export const Z95 = 1.959963984540054;

/** The arithmetic mean. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Squared standard error of the mean: sample variance over the number of values. Infinite for fewer than two. */
export function errorOfMean(values: Float64Array): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1) / values.length;
}

/** A value with its 95 % interval from a squared standard error, kept within what the value can be. */
export function estimateFrom(value: number, squaredError: number, least: number, most: number): Estimate {
  const half = Z95 * Math.sqrt(squaredError);
  return { value, low: Math.max(least, value - half), high: Math.min(most, value + half) };
}

/** The mean of values that each lie in [least, most], by the central limit theorem. */
export function estimateMean(values: Float64Array, least: number, most: number): Estimate {
  return estimateFrom(meanOf(values), errorOfMean(values), least, most);
}

/** A share of rows with Wilson's score interval, which holds for few rows and for shares near 0 and 1 too. */
export function estimateShare(hits: number, rows: number): Estimate {
  const value = hits / rows;
  const squared = Z95 ** 2;
  const centre = (value + squared / (2 * rows)) / (1 + squared / rows);
  const half = (Z95 / (1 + squared / rows)) * Math.sqrt((value * (1 - value)) / rows + squared / (4 * rows ** 2));
  return { value, low: Math.max(0, Math.min(value, centre - half)), high: Math.min(1, Math.max(value, centre + half)) };
}

/** The difference of two values by row. */
export function subtract(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, row) => value - right[row]!);
}
