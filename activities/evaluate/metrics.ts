import type { MetricChange, Metrics } from '../values.js';
import { errorOfMean, estimateFrom, estimateMean, estimateShare, meanOf, subtract } from './estimate.js';
import { averagePrecision, countPositives, estimateAuc, estimateAucChange, type Ranking, rank } from './ranking.js';

/** Probabilities nearer to 0 or 1 count as this near, so that one certain mistake does not make the loss infinite. */
const EPSILON = 1e-7;
const BINS = 10;

/** A model's predictions judged row by row; metrics are means of these, so that two models can be compared in pairs. */
export interface Judged {
  readonly metrics: Metrics;
  readonly ranking: Ranking | null;
  readonly byRow: Readonly<Record<RowMetric, Float64Array>>;
}

type RowMetric = 'logLoss' | 'accuracy' | 'brier' | 'calibrationError';

/**
 * Judges probabilities against labels (0 and 1). Intervals are 95 %: DeLong's for AUC, Wilson's for accuracy, normal
 * for the means of log loss and Brier score, and the delta method for the calibration error (it takes the side on which
 * each bin errs as known, so it is too narrow for a model that is calibrated almost perfectly).
 */
export function judgeRows(scores: Float64Array, labels: Int8Array): Judged {
  const byRow = {
    logLoss: scores.map((score, row) => -Math.log(clip(labels[row] === 1 ? score : 1 - score))),
    accuracy: scores.map((score, row) => Number(Number(score >= 0.5) === labels[row])),
    brier: scores.map((score, row) => (score - labels[row]!) ** 2),
    calibrationError: calibrationByRow(scores, labels),
  };
  const ranking = rank(scores, labels);
  const rows = labels.length;
  const metrics: Metrics = {
    rows,
    positives: countPositives(labels),
    auc: ranking && estimateAuc(ranking),
    logLoss: estimateMean(byRow.logLoss, 0, -Math.log(EPSILON)),
    accuracy: estimateShare(Math.round(meanOf(byRow.accuracy) * rows), rows),
    brier: estimateMean(byRow.brier, 0, 1),
    calibrationError: estimateMean(byRow.calibrationError, 0, 1),
    averagePrecision: averagePrecision(scores, labels),
  };
  return { metrics, ranking, byRow };
}

/** A model minus another on the same rows, with paired 95 % intervals: what both get wrong cancels out. */
export function compare(model: Judged, champion: Judged): MetricChange {
  const change = (metric: RowMetric, most: number) => {
    const difference = subtract(model.byRow[metric], champion.byRow[metric]);
    return estimateFrom(meanOf(difference), errorOfMean(difference), -most, most);
  };
  return {
    auc: model.ranking && champion.ranking && estimateAucChange(model.ranking, champion.ranking),
    logLoss: change('logLoss', -Math.log(EPSILON)),
    accuracy: change('accuracy', 1),
    brier: change('brier', 1),
    calibrationError: change('calibrationError', 1),
  };
}

/**
 * Values whose mean is the expected calibration error: in each of ten equal-width bins, prediction minus label, with the
 * sign that makes the bin's sum positive.
 */
function calibrationByRow(scores: Float64Array, labels: Int8Array): Float64Array {
  const excess = new Float64Array(BINS);
  scores.forEach((score, row) => {
    excess[binOf(score)]! += score - labels[row]!;
  });
  return scores.map((score, row) => Math.sign(excess[binOf(score)]!) * (score - labels[row]!));
}

function binOf(score: number): number {
  return Math.min(BINS - 1, Math.floor(score * BINS));
}

function clip(probability: number): number {
  return Math.min(1 - EPSILON, Math.max(EPSILON, probability));
}
