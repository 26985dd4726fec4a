import { z } from 'zod';

/** The metrics a rule may be about. Of `auc` and `accuracy` more is better, of the others less. */
export const METRICS = ['auc', 'accuracy', 'logLoss', 'brier', 'calibrationError'] as const;

/** A metric of an evaluation report. */
export type MetricName = (typeof METRICS)[number];

const metric = z.enum(METRICS);

const bound = { metric, slice: z.string().nullable(), confident: z.boolean() };

/** Schema of {@link Rule}. */
export const ruleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('at-least'), ...bound, value: z.number() }),
  z.object({ kind: z.literal('at-most'), ...bound, value: z.number() }),
  z.object({
    kind: z.literal('improves'),
    metric,
    by: z.number(),
    relative: z.number().nullable(),
    confident: z.boolean(),
  }),
  z.object({ kind: z.literal('not-too-good'), metric, by: z.number() }),
  z.object({
    kind: z.literal('no-slice-worse'),
    metric,
    than: z.number().nonnegative(),
    minRows: z.int().nonnegative(),
  }),
]);

/** One rule of a gate: plain JSON, made by the functions of this file. */
export type Rule = z.infer<typeof ruleSchema>;

export interface BoundOptions {
  /** Judge one slice, as `origin=ATL`. Default: all rows. */
  readonly slice?: string;
  /** Let the worse end of the 95 % interval decide instead of the value. Default: false. */
  readonly confident?: boolean;
}

/** The metric is at least this value. */
export function atLeast(metric: MetricName, value: number, options: BoundOptions = {}): Rule {
  return { kind: 'at-least', metric, value, slice: options.slice ?? null, confident: options.confident ?? false };
}

/** The metric is at most this value. */
export function atMost(metric: MetricName, value: number, options: BoundOptions = {}): Rule {
  return { kind: 'at-most', metric, value, slice: options.slice ?? null, confident: options.confident ?? false };
}

export interface ImprovesOptions {
  /** Least improvement over the champion, in units of the metric; negative: how much worse is allowed. Default: 0. */
  readonly by?: number;
  /** Least improvement as a share of the champion's value, which must hold as well. Default: none. */
  readonly relative?: number;
  /** Let the worse end of the paired 95 % interval decide instead of the value. Default: false. */
  readonly confident?: boolean;
}

/** The model is better than the champion in this metric. Skipped, and said so, when there is no champion. */
export function improves(metric: MetricName, options: ImprovesOptions = {}): Rule {
  const { by = 0, relative = null, confident = false } = options;
  return { kind: 'improves', metric, by, relative, confident };
}

/**
 * The model is not better than the champion by more than this: an improvement too good to be true is more often a
 * leaked label than a discovery. Skipped when there is no champion.
 */
export function notTooGood(metric: MetricName, options: { readonly by: number }): Rule {
  return { kind: 'not-too-good', metric, by: options.by };
}

export interface NoSliceWorseOptions {
  /** Most by which a slice may be worse than with the champion, in units of the metric. */
  readonly than: number;
  /** A slice with fewer rows is too small to judge: it is named, and neither passes nor fails. Default: 1000. */
  readonly minRows?: number;
}

/** No slice of the report got worse than with the champion. Skipped when there is no champion; fails without slices. */
export function noSliceWorse(metric: MetricName, options: NoSliceWorseOptions): Rule {
  return { kind: 'no-slice-worse', metric, than: options.than, minRows: options.minRows ?? 1000 };
}
