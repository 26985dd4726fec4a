import type { Tensor } from '@tensorflow/tfjs';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { TensorFlow } from './load-tensorflow.js';

/** A tensor's content outside of TensorFlow. */
export interface TensorState {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: Float32Array | Int32Array;
}

/** Copies tensors out. */
export async function readTensors(tensors: readonly Tensor[]): Promise<TensorState[]> {
  return Promise.all(
    tensors.map(async (tensor) => {
      const values = (await tensor.data()) as Float32Array | Int32Array;
      return { shape: tensor.shape, dtype: values instanceof Int32Array ? 'int32' : 'float32', values: values.slice() };
    }),
  );
}

/**
 * Makes tensors again; the caller disposes them.
 * @param like What they will replace: their number and shapes must agree.
 * @throws PawlError `InvalidModel` when they do not.
 */
export function writeTensors(tf: TensorFlow, states: readonly TensorState[], like?: readonly Tensor[]): Tensor[] {
  const same = !like || (like.length === states.length && like.every((own, i) => sameShape(own, states[i]!)));
  if (!same) {
    throw new PawlError(FailureType.InvalidModel, 'the checkpoint is of a network of another shape', {
      hint: 'The code of the model changed since: abort this run and start a new one.',
      retryable: false,
    });
  }
  return states.map(({ values, shape, dtype }) => tf.tensor(values, [...shape], dtype));
}

function sameShape(tensor: Tensor, state: TensorState): boolean {
  return tensor.shape.length === state.shape.length && tensor.shape.every((size, i) => size === state.shape[i]);
}

/** True when no value is NaN or infinite. */
export function areFinite(states: readonly TensorState[]): boolean {
  return states.every(({ values }) => values.every((value) => Number.isFinite(value)));
}
