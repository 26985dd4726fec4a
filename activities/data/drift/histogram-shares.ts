import type { Bucket, Histogram } from '../statistics/statistics.js';
import type { Shares } from './distances.js';

/**
 * The shares of two histograms over the same bins: the spans between all edges of both, and the single values in them.
 * The rows of a bucket are spread evenly; single values are compared with single values only.
 */
export function alignHistograms(p: Histogram, q: Histogram): readonly [Shares, Shares] {
  const edges = ascending([...p, ...q].flatMap((bucket) => [bucket.low, bucket.high]));
  const points = ascending([...p, ...q].filter(isPoint).map((bucket) => bucket.low));
  return [sharesOf(p, edges, points), sharesOf(q, edges, points)];
}

const PSI_BINS = 10;

/**
 * The shares of two histograms over ten bins that each hold a tenth of the reference's rows (fewer where one value has
 * more than that). The outer bins have no end.
 */
export function decileShares(reference: Histogram, current: Histogram): readonly [Shares, Shares] {
  const inner = Array.from({ length: PSI_BINS - 1 }, (_, index) => quantile(reference, (index + 1) / PSI_BINS));
  const edges = ascending(inner);
  return [sharesBetween(reference, edges), sharesBetween(current, edges)];
}

const isPoint = (bucket: Bucket): boolean => bucket.low === bucket.high;

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function totalOf(histogram: Histogram): number {
  return histogram.reduce((total, bucket) => total + bucket.count, 0);
}

function sharesOf(histogram: Histogram, edges: readonly number[], points: readonly number[]): Shares {
  const total = totalOf(histogram);
  const spans = edges.slice(1).map((edge, index) => massWithin(histogram, edges[index]!, edge) / total);
  const single = points.map((point) => massAt(histogram, point) / total);
  return [...spans, ...single];
}

/** Rows between two neighbouring edges, without those of single values. */
function massWithin(histogram: Histogram, low: number, high: number): number {
  const bucket = histogram.find((candidate) => candidate.low <= low && candidate.high >= high);
  return bucket ? (bucket.count * (high - low)) / (bucket.high - bucket.low) : 0;
}

function massAt(histogram: Histogram, point: number): number {
  return histogram.find((bucket) => isPoint(bucket) && bucket.low === point)?.count ?? 0;
}

/** Shares up to each edge, the edge included, and above the last one. */
function sharesBetween(histogram: Histogram, edges: readonly number[]): Shares {
  const upTo = [...edges.map((edge) => shareUpTo(histogram, edge)), 1];
  return upTo.map((share, index) => Math.max(0, share - (upTo[index - 1] ?? 0)));
}

function shareUpTo(histogram: Histogram, value: number): number {
  const below = histogram.reduce((total, bucket) => total + bucket.count * partUpTo(bucket, value), 0);
  return below / totalOf(histogram);
}

function partUpTo(bucket: Bucket, value: number): number {
  if (value >= bucket.high) return 1;
  if (value <= bucket.low) return 0;
  return (value - bucket.low) / (bucket.high - bucket.low);
}

/** The smallest value up to which this share of the rows lies. */
function quantile(histogram: Histogram, share: number): number {
  let left = share * totalOf(histogram);
  for (const bucket of histogram) {
    if (left <= bucket.count) return bucket.low + (bucket.high - bucket.low) * (left / bucket.count);
    left -= bucket.count;
  }
  return histogram[histogram.length - 1]!.high;
}
