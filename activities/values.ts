/**
 * The values that travel between the standard steps: small JSON with refs to artifacts, never the data itself.
 */
import { z } from 'zod';
import { artifactSchema } from '../plan/artifact.js';

declare const rowType: unique symbol;

/** Rows of one contract, as Parquet files. `Row` is known to TypeScript only; the contract's digest says it at run time. */
export const datasetSchema = z.object({
  kind: z.literal('dataset'),
  /** The row contract, as a JSON artifact (see `activities/data/contract`). */
  contract: artifactSchema,
  files: z.array(artifactSchema),
  rows: z.int().nonnegative(),
  /** What part of the source this is, for example `2001-01`; null: all of it. */
  partition: z.string().nullable(),
});
export type DatasetValue = z.infer<typeof datasetSchema>;
export type Dataset<Row> = DatasetValue & { readonly [rowType]?: Row };

/** Feature statistics learnt from training rows, frozen. */
export const fittedFeaturesSchema = z.object({
  kind: z.literal('features'),
  /** Name of the model definition they belong to. */
  model: z.string(),
  contract: artifactSchema,
  /** JSON: the transform with every learnt number (see `activities/features`). */
  transform: artifactSchema,
  /** Width of the dense input; 0 when the model has index inputs only. */
  width: z.int().nonnegative(),
});
export type FittedFeaturesValue = z.infer<typeof fittedFeaturesSchema>;
export type FittedFeatures<Row> = FittedFeaturesValue & { readonly [rowType]?: Row };

/**
 * A trained model that carries all it needs: `folder` holds `model.json` and `weights.bin` (TensorFlow.js layers
 * format), `transform.json`, `contract.json` and `training.json` (losses by epoch, seed, backend).
 */
export const trainedModelSchema = z.object({
  kind: z.literal('model'),
  definition: z.string(),
  folder: artifactSchema,
  contract: artifactSchema,
  /** Column or expression the model predicts. */
  label: z.string(),
  /** `tensorflow 2.21.0 cpu`, `wasm` …: what computed it. */
  backend: z.string(),
  epochs: z.int().positive(),
  trainedOn: z.object({ rows: z.int(), partition: z.string().nullable() }),
});
export type TrainedModelValue = z.infer<typeof trainedModelSchema>;
export type TrainedModel<Row> = TrainedModelValue & { readonly [rowType]?: Row };

/** A registered version that is, or was, champion. */
export const championSchema = z.object({
  kind: z.literal('champion'),
  name: z.string(),
  version: z.int().positive(),
  model: trainedModelSchema,
});
export type Champion = z.infer<typeof championSchema>;

/** A number with its 95 % interval. */
export const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Estimate = z.infer<typeof estimateSchema>;

/** Metrics of one set of rows. Of `auc`, `accuracy` and `averagePrecision` more is better, of the others less. */
export const metricsSchema = z.object({
  rows: z.int().nonnegative(),
  positives: z.int().nonnegative(),
  /** Null when all rows have the same label. */
  auc: estimateSchema.nullable(),
  /** In nats. */
  logLoss: estimateSchema,
  /** With probabilities from 0.5 counted as positive. */
  accuracy: estimateSchema,
  brier: estimateSchema,
  /** Expected calibration error over ten equal-width bins. */
  calibrationError: estimateSchema,
  /** Null when no row is positive. */
  averagePrecision: z.number().nullable(),
});
export type Metrics = z.infer<typeof metricsSchema>;

/** Challenger minus champion on the same rows, with a paired interval. */
export const changeSchema = z.object({
  auc: estimateSchema.nullable(),
  logLoss: estimateSchema,
  accuracy: estimateSchema,
  brier: estimateSchema,
  calibrationError: estimateSchema,
});
export type MetricChange = z.infer<typeof changeSchema>;

export const sliceReportSchema = z.object({
  /** For example `origin=ATL`. */
  slice: z.string(),
  model: metricsSchema,
  champion: metricsSchema.nullable(),
  change: changeSchema.nullable(),
});

/** What an evaluation found: the evidence a gate judges. */
export const evaluationReportSchema = z.object({
  kind: z.literal('report'),
  judgedOn: z.object({ rows: z.int(), partition: z.string().nullable() }),
  model: metricsSchema,
  /** The model it was compared with; null when there was none. */
  champion: z.object({ name: z.string(), version: z.int(), metrics: metricsSchema }).nullable(),
  change: changeSchema.nullable(),
  slices: z.array(sliceReportSchema),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

export const reasonSchema = z.object({
  rule: z.string(),
  passed: z.boolean(),
  /** A sentence with the numbers that decided. */
  text: z.string(),
});

/** A gate's judgement, with the reason for each rule. */
export const verdictSchema = z.object({
  kind: z.literal('verdict'),
  passed: z.boolean(),
  reasons: z.array(reasonSchema),
  /** The champion the judgement was made against; deploying compares with it. */
  champion: z.int().nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;
