import { z } from 'zod';

/**
 * A part of a histogram. The rows are spread evenly from `low` to `high`; where the two are equal, they all have this
 * one value.
 */
export const bucketSchema = z.strictObject({ low: z.number(), high: z.number(), count: z.int().positive() });
export type Bucket = z.infer<typeof bucketSchema>;

/** Buckets in ascending order, which do not overlap. A whole number n counts as the span from n - ½ to n + ½. */
export type Histogram = readonly Bucket[];

const common = {
  name: z.string(),
  /** Rows with a value. */
  count: z.int().nonnegative(),
  nulls: z.int().nonnegative(),
  /** Different values, exactly. */
  distinct: z.int().nonnegative(),
};

const quantilesSchema = z.strictObject({
  p1: z.number(),
  p5: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
  p99: z.number(),
});

/** Of a column of numbers; of one of dates or timestamps, in milliseconds since 1970. */
export const numberStatisticsSchema = z.strictObject({
  ...common,
  kind: z.enum(['number', 'time']),
  /** Null without values. */
  summary: z
    .strictObject({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      /** Of the population. */
      std: z.number(),
      /** The smallest value that at least this share of the rows does not exceed. */
      quantiles: quantilesSchema,
    })
    .nullable(),
  histogram: z.array(bucketSchema),
});
export type NumberStatistics = z.infer<typeof numberStatisticsSchema>;

/** Of a column of texts or truth values. */
export const textStatisticsSchema = z.strictObject({
  ...common,
  kind: z.literal('text'),
  /** The most frequent values, at most 1,000, none longer than 200 characters. */
  top: z.array(z.strictObject({ value: z.string(), count: z.int().positive() })),
});
export type TextStatistics = z.infer<typeof textStatisticsSchema>;

export const columnStatisticsSchema = z.discriminatedUnion('kind', [numberStatisticsSchema, textStatisticsSchema]);
export type ColumnStatistics = z.infer<typeof columnStatisticsSchema>;
