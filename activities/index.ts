/** The standard steps, as authors import them from `pawl/ml`. */
export {
  type BrokenRule,
  type CsvOptions,
  csv,
  type DuplicateTreatment,
  type IngestInput,
  ingest,
  parquet,
  type Source,
  type SourceOptions,
  type Split,
  split,
  sql,
  type TimestampOptions,
  timestamp,
  type Validation,
  validate,
} from './data/index.js';
export { champion, type Deployed, deploy, previous, type Registered, register } from './deliver/index.js';
export { type EvaluateInput, evaluate } from './evaluate/index.js';
export {
  type BucketizeOptions,
  bucketize,
  type CyclicOptions,
  crossed,
  cyclic,
  type Feature,
  type FeatureSpec,
  type FeatureSpecOptions,
  type FitFeaturesInput,
  featureSpec,
  fitFeatures,
  standardise,
  type VocabularyOptions,
  vocabulary,
} from './features/index.js';
export {
  atLeast,
  atMost,
  type BoundOptions,
  gate,
  type ImprovesOptions,
  improves,
  type MetricName,
  type NoSliceWorseOptions,
  noSliceWorse,
  notTooGood,
  type Rule,
} from './gate/index.js';
export { type ModelDefinition, type ModelIo, type ModelOptions, model, type TrainInput, train } from './train/index.js';
export type {
  Champion,
  Dataset,
  EvaluationReport,
  FittedFeatures,
  Metrics,
  TrainedModel,
  Verdict,
} from './values.js';
