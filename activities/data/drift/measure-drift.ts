import type { ColumnStatistics, NumberStatistics, TextStatistics } from '../statistics/statistics.js';
import { jensenShannon, lInfinity, populationStability, type Shares } from './distances.js';
import type { ColumnDrift } from './drift.js';
import { alignHistograms, decileShares } from './histogram-shares.js';

/**
 * How far each column moved from earlier data, the farthest first: L∞ for texts and truth values (NULL is one of them),
 * Jensen–Shannon divergence in bits for numbers, and the population stability index for both. Dates and timestamps are
 * left out, since time always moves on; so are columns that only one side has, or has values of.
 */
export function measureDrift(
  current: readonly ColumnStatistics[],
  earlier: readonly ColumnStatistics[],
): readonly ColumnDrift[] {
  const drifts = current.flatMap((column) => {
    const before = earlier.find((candidate) => candidate.name === column.name);
    return before ? compareColumns(before, column) : [];
  });
  return drifts.sort((a, b) => b.value - a.value || (a.column < b.column ? -1 : 1));
}

function compareColumns(before: ColumnStatistics, now: ColumnStatistics): ColumnDrift[] {
  if (before.kind === 'text' && now.kind === 'text') return compareTexts(before, now);
  if (before.kind === 'number' && now.kind === 'number') return compareNumbers(before, now);
  return [];
}

function compareNumbers(before: NumberStatistics, now: NumberStatistics): ColumnDrift[] {
  if (before.count === 0 || now.count === 0) return [];
  const value = jensenShannon(...alignHistograms(before.histogram, now.histogram));
  const psi = populationStability(...decileShares(before.histogram, now.histogram));
  return [{ column: now.name, measure: 'jensen-shannon', value: rounded(value), psi: rounded(psi) }];
}

function compareTexts(before: TextStatistics, now: TextStatistics): ColumnDrift[] {
  if (before.count + before.nulls === 0 || now.count + now.nulls === 0) return [];
  const [p, q] = alignTexts(before, now);
  const [value, psi] = [lInfinity(p, q), populationStability(p, q)];
  return [{ column: now.name, measure: 'l-infinity', value: rounded(value), psi: rounded(psi) }];
}

/** Values beyond the most frequent ones that are kept share one bin. */
function alignTexts(before: TextStatistics, now: TextStatistics): readonly [Shares, Shares] {
  const values = [...new Set([...before.top, ...now.top].map(({ value }) => value))];
  return [textShares(before, values), textShares(now, values)];
}

function textShares(statistics: TextStatistics, values: readonly string[]): Shares {
  const total = statistics.count + statistics.nulls;
  const counts = new Map(statistics.top.map(({ value, count }) => [value, count]));
  const kept = statistics.top.reduce((sum, { count }) => sum + count, 0);
  const all = [...values.map((value) => counts.get(value) ?? 0), statistics.count - kept, statistics.nulls];
  return all.map((count) => count / total);
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
