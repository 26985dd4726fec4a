export {
  type BucketizeOptions,
  bucketize,
  type CyclicOptions,
  crossed,
  cyclic,
  type Feature,
  type InputColumn,
  standardise,
  type VocabularyOptions,
  vocabulary,
} from './feature.js';
export { type FeatureSpec, type FeatureSpecOptions, featureSpec, type InputPicker } from './feature-spec.js';
export { type FitFeaturesInput, fitFeatures } from './fit-features.js';
export type { Label, LabelPicker, LabelRule } from './label.js';
