import type { Estimate } from '../values.js';
import { errorOfMean, estimateFrom, meanOf, subtract } from './estimate.js';

/** How a model ranks positive above negative rows. */
export interface Ranking {
  /** Area under the ROC curve: the chance that a positive row scores above a negative one, ties counted half. */
  readonly auc: number;
  /** Of each positive row, the share of negative rows it beats. */
  readonly positives: Float64Array;
  /** Of each negative row, the share of positive rows it is beaten by. */
  readonly negatives: Float64Array;
}

/**
 * Exact AUC by one sort, with the placements that DeLong's variance is made of (DeLong, DeLong and Clarke-Pearson,
 * Biometrics 44, 1988; computed in n log n after Sun and Xu, IEEE Signal Processing Letters 21, 2014).
 * @returns null when all rows have the same label.
 */
export function rank(scores: Float64Array, labels: Int8Array): Ranking | null {
  const totalPositive = countPositives(labels);
  const totalNegative = labels.length - totalPositive;
  if (totalPositive === 0 || totalNegative === 0) return null;
  const placements = new Float64Array(labels.length);
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (const tied of tiesOf(scores)) {
    const positives = tied.reduce((sum, row) => sum + labels[row]!, 0);
    const negatives = tied.length - positives;
    const beaten = (negativesBelow + negatives / 2) / totalNegative;
    const beatenBy = 1 - (positivesBelow + positives / 2) / totalPositive;
    for (const row of tied) placements[row] = labels[row] === 1 ? beaten : beatenBy;
    positivesBelow += positives;
    negativesBelow += negatives;
  }
  const positives = placements.filter((_, row) => labels[row] === 1);
  return { auc: meanOf(positives), positives, negatives: placements.filter((_, row) => labels[row] === 0) };
}

/** AUC with DeLong's 95 % interval. */
export function estimateAuc(ranking: Ranking): Estimate {
  const error = errorOfMean(ranking.positives) + errorOfMean(ranking.negatives);
  return estimateFrom(ranking.auc, error, 0, 1);
}

/** Difference of two AUCs on the same rows, with DeLong's paired 95 % interval. */
export function estimateAucChange(model: Ranking, champion: Ranking): Estimate {
  const error =
    errorOfMean(subtract(model.positives, champion.positives)) +
    errorOfMean(subtract(model.negatives, champion.negatives));
  return estimateFrom(model.auc - champion.auc, error, -1, 1);
}

/**
 * Average precision: the mean of the precision at each threshold, weighted by the recall gained there.
 * @returns null when no row is positive.
 */
export function averagePrecision(scores: Float64Array, labels: Int8Array): number | null {
  const total = countPositives(labels);
  if (total === 0) return null;
  let taken = labels.length;
  let positivesTaken = total;
  let sum = 0;
  for (const tied of tiesOf(scores)) {
    const positives = tied.reduce((count, row) => count + labels[row]!, 0);
    sum += (positives / total) * (positivesTaken / taken);
    taken -= tied.length;
    positivesTaken -= positives;
  }
  return sum;
}

/** Number of rows with label 1. */
export function countPositives(labels: Int8Array): number {
  return labels.reduce((sum, label) => sum + label, 0);
}

/** Rows in groups of equal score, ascending. */
function* tiesOf(scores: Float64Array): Generator<Uint32Array> {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to += 1;
    yield order.subarray(from, to);
    from = to;
  }
}
