import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { ModelInputs } from '../features/apply-transform.js';
import { DENSE, idLayer } from './build-model.js';
import type { TensorFlow } from './load-tensorflow.js';

/** The tensors that a model takes, in the order of its inputs. The caller disposes them. */
export function inputTensors(tf: TensorFlow, model: LayersModel, inputs: ModelInputs): Tensor[] {
  const byLayer = new Map(Object.entries(inputs.ids).map(([name, ids]) => [idLayer(name), ids]));
  return model.inputNames.map((name) => {
    if (name === DENSE) return tf.tensor2d(inputs.dense, [inputs.rows, inputs.width]);
    return tf.tensor2d(byLayer.get(name)!, [inputs.rows, 1], 'int32');
  });
}
