import { z } from 'zod';
import { artifactSchema } from '../../../plan/artifact.js';
import { type Dataset, datasetSchema } from '../../values.js';
import { driftSchema } from '../drift/drift.js';
import { columnStatisticsSchema } from '../statistics/statistics.js';

const brokenRuleSchema = z.strictObject({
  /** Null: a rule over the whole row. */
  column: z.string().nullable(),
  rule: z.string(),
  /** Rows that break it. */
  rows: z.int().nonnegative(),
  /** Of all rows. */
  fraction: z.number(),
});
export type BrokenRule = z.infer<typeof brokenRuleSchema>;

/** What checking a dataset against its contract found. */
export const validationSchema = z.strictObject({
  kind: z.literal('validation'),
  /** The rows that keep every rule. */
  accepted: datasetSchema,
  /** The others, as they were, with a column `broken_rules` (a list of texts). No files when there are none. */
  quarantined: datasetSchema,
  /** The broken rules, the most broken first, at most 20; all of them are in the statistics. */
  rules: z.array(brokenRuleSchema),
  /** Rows that are an exact copy of an earlier one. */
  duplicates: z.int().nonnegative(),
  /** JSON: {@link StatisticsReport}. */
  statistics: artifactSchema,
  /** At most 20 columns. Null: no earlier run of this node. */
  drift: driftSchema.nullable(),
});
export type ValidationValue = z.infer<typeof validationSchema>;

/** A validation of rows of one type, which is known to TypeScript only. */
export type Validation<Row> = Omit<ValidationValue, 'accepted' | 'quarantined'> & {
  readonly accepted: Dataset<Row>;
  readonly quarantined: Dataset<Row>;
};

/** All that validating found, kept as an artifact. */
export const statisticsReportSchema = z.strictObject({
  kind: z.literal('statistics'),
  rows: z.strictObject({ accepted: z.int(), quarantined: z.int(), duplicates: z.int() }),
  /** Every rule, broken or not, with the first few rows that break it, cells as text. */
  rules: z.array(brokenRuleSchema.extend({ examples: z.array(z.record(z.string(), z.string().nullable())) })),
  /** Of the accepted rows. */
  columns: z.array(columnStatisticsSchema),
  drift: driftSchema.nullable(),
});
export type StatisticsReport = z.infer<typeof statisticsReportSchema>;
