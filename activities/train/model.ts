import type { LayersModel, Optimizer, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { type Definition, define, definitionSchema } from '../../dsl/definition.js';
import type { FeatureSpec } from '../features/feature-spec.js';
import type { TensorFlow } from './load-tensorflow.js';

/** The inputs of a model, as its features make them: what `build` connects its layers to. */
export interface ModelIo {
  /** Width of `dense`, known when the features are fitted. */
  readonly width: number;
  /** `[batch, width]`: everything but the index inputs. @throws PawlError `InvalidModel` when the width is 0. */
  readonly dense: SymbolicTensor;
  /** `[batch, 1]` whole numbers below `size`. @throws PawlError `InvalidModel` for a name the features do not have. */
  id(name: string): { readonly input: SymbolicTensor; readonly size: number };
  /** `[batch, width]`: a learnt vector for each value of an index input. */
  embedding(name: string, width: number): SymbolicTensor;
  /** The model from all inputs to this output: `[batch, 1]`, the probability of a positive row. */
  model(output: LayerOutput): LayersModel;
}

/** What applying a layer gives, as TensorFlow.js types it; while a network is built it is symbolic. */
export type LayerOutput = SymbolicTensor | SymbolicTensor[] | Tensor | Tensor[];

export interface ModelOptions<Row> {
  readonly features: FeatureSpec<Row>;
  /**
   * Builds the network. It must end in one number between 0 and 1, the probability that the row is positive; it is
   * trained on binary cross-entropy plus the layers' own regularisation.
   */
  readonly build: (tf: TensorFlow, io: ModelIo) => LayersModel;
  /** Default: Adam. */
  readonly optimizer?: (tf: TensorFlow, learningRate: number) => Optimizer;
}

/** A network and its features. It lives in the code bundle; a plan names it. */
export type ModelDefinition<Row = unknown> = Definition<'model'> & ModelOptions<Row>;

/**
 * Declares a model that answers a yes-or-no question about a row.
 *
 * @example
 * model('delay-net', {
 *   features: featureSpec(Flight, { … }),
 *   build: (tf, io) => {
 *     const hidden = tf.layers.dense({ units: 64, activation: 'relu' }).apply(io.dense);
 *     return io.model(tf.layers.dense({ units: 1, activation: 'sigmoid' }).apply(hidden));
 *   },
 * });
 */
export function model<Row>(name: string, options: ModelOptions<Row>): ModelDefinition<Row> {
  return define('model', name, options);
}

/** Schema of a step input that takes a model definition, of whatever rows: the row type is TypeScript's alone. */
export const modelSchema = definitionSchema<ModelDefinition<never>>('model');
