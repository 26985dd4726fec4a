import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { FailureType, PawlError } from '../../plan/failure.js';
import { suggestName } from '../../plan/suggest.js';
import { idInputsOf, type Transform, widthOf } from '../features/transform.js';
import type { TensorFlow } from './load-tensorflow.js';
import type { ModelDefinition, ModelIo } from './model.js';

/** Name of the input layer that takes the dense input. */
export const DENSE = 'dense';

/** Name of the input layer that takes an index input. */
export function idLayer(name: string): string {
  return `id_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/**
 * Builds the network of a definition for fitted features.
 * @throws PawlError `InvalidModel` when it is not `[batch, 1]` from the inputs of the features.
 */
export function buildModel(tf: TensorFlow, definition: ModelDefinition<never>, transform: Transform): LayersModel {
  const model = definition.build(tf, makeIo(tf, definition.name, transform));
  const shape = model?.outputs?.length === 1 ? model.outputs[0]!.shape : undefined;
  if (shape?.length === 2 && shape[0] === null && shape[1] === 1) return model;
  throw invalid(
    definition.name,
    `gives ${shape ? `[${shape.map((size) => size ?? 'batch').join(', ')}]` : 'no single output'}, not [batch, 1]`,
    "End it in tf.layers.dense({ units: 1, activation: 'sigmoid' }) and return io.model(output).",
  );
}

function makeIo(tf: TensorFlow, name: string, transform: Transform): ModelIo {
  const width = widthOf(transform);
  const dense = width > 0 ? tf.input({ shape: [width], name: DENSE }) : undefined;
  const ids = new Map(
    idInputsOf(transform).map(({ name: id, size }) => [
      id,
      { input: tf.input({ shape: [1], name: idLayer(id), dtype: 'int32' }), size },
    ]),
  );
  const id: ModelIo['id'] = (wanted) => {
    const found = ids.get(wanted);
    if (found) return found;
    throw invalid(name, `has no index input "${wanted}"`, suggestName(wanted, [...ids.keys()]));
  };
  return {
    width,
    get dense(): SymbolicTensor {
      if (dense) return dense;
      throw invalid(name, 'has no dense input', 'All its features are index inputs: connect io.embedding(…) instead.');
    },
    id,
    embedding: (wanted, outputDim) => {
      const { input, size } = id(wanted);
      const looked = tf.layers.embedding({ inputDim: size, outputDim }).apply(input);
      return tf.layers.flatten().apply(looked) as SymbolicTensor;
    },
    model: (output) => {
      const inputs = [...(dense ? [dense] : []), ...Array.from(ids.values(), ({ input }) => input)];
      // Layers applied to symbolic tensors, which is all there is while a network is built, give symbolic tensors.
      return tf.model({ inputs, outputs: output as SymbolicTensor | SymbolicTensor[] });
    },
  };
}

function invalid(name: string, problem: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidModel, `model "${name}" ${problem}`, { hint, retryable: false });
}
