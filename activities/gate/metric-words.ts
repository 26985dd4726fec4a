import type { Estimate } from '../values.js';
import type { MetricName } from './rules.js';

/** How a metric is called in a sentence. */
export const METRIC_WORDS: Readonly<Record<MetricName, string>> = {
  auc: 'AUC',
  accuracy: 'accuracy',
  logLoss: 'log loss',
  brier: 'Brier score',
  calibrationError: 'calibration error',
};

/** 1 when more of the metric is better, -1 when less is. */
export function directionOf(metric: MetricName): 1 | -1 {
  return metric === 'auc' || metric === 'accuracy' ? 1 : -1;
}

/** A number of a metric, to four places. A value of -0 is written as 0. */
export function words(value: number): string {
  return (Math.round(value * 1e4) / 1e4 || 0).toFixed(4);
}

/** A change of a metric, with its sign. */
export function signed(value: number): string {
  const text = words(value);
  return text.startsWith('-') ? text : `+${text}`;
}

/** A value with its interval: `0.6712 (95 % interval 0.6690 to 0.6734)`. */
export function withInterval(estimate: Estimate, write: (value: number) => string = words): string {
  return `${write(estimate.value)} (95 % interval ${write(estimate.low)} to ${write(estimate.high)})`;
}
