import type { LayersModel, Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { ModelInputs } from '../features/apply-transform.js';
import { inputTensors } from './input-tensors.js';
import type { TensorFlow } from './load-tensorflow.js';
import { readTensors, type TensorState, writeTensors } from './tensor-state.js';

/** Added before the logarithm, as Keras does, so that a certain mistake costs much and not infinitely much. */
const EPSILON = 1e-7;

/** Weights and optimiser slots between two epochs. */
export interface TrainerState {
  readonly weights: readonly TensorState[];
  readonly optimizer: readonly TensorState[];
}

/** A network while it is trained. */
export class Trainer {
  private optimizer: Optimizer;

  /** @param makeOptimizer Gives a fresh one at each call. */
  constructor(
    private readonly tf: TensorFlow,
    readonly model: LayersModel,
    private readonly makeOptimizer: () => Optimizer,
  ) {
    this.optimizer = makeOptimizer();
  }

  /**
   * Takes one step on one batch.
   * @returns The batch's mean loss, still on the device: the caller disposes it.
   */
  step(inputs: ModelInputs, labels: Float32Array): Scalar {
    const { tf, model } = this;
    return tf.tidy(() => {
      const tensors = inputTensors(tf, model, inputs);
      const wanted = tf.tensor2d(labels, [labels.length, 1]);
      const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
      return this.optimizer.minimize(() => this.loss(tensors, wanted), true, variables) as Scalar;
    });
  }

  async save(): Promise<TrainerState> {
    const slots = await this.optimizer.getWeights();
    const optimizer = await readTensors(slots.map(({ tensor }) => tensor));
    // The first is the number of steps, made for this call; the others are the optimiser's own.
    slots[0]?.tensor.dispose();
    return { weights: await readTensors(this.model.getWeights()), optimizer };
  }

  /** @throws PawlError `InvalidModel` when the state is another network's. */
  async restore(state: TrainerState): Promise<void> {
    const weights = writeTensors(this.tf, state.weights, this.model.getWeights());
    this.model.setWeights(weights);
    const slots = writeTensors(this.tf, state.optimizer);
    this.optimizer.dispose();
    this.optimizer = this.makeOptimizer();
    await this.optimizer.setWeights(slots.map((tensor, i) => ({ name: `slot-${i}`, tensor })));
    this.tf.dispose([...weights, ...slots]);
  }

  /** Binary cross-entropy, and what the layers add. */
  private loss(inputs: Tensor[], wanted: Tensor): Scalar {
    const { tf, model } = this;
    const predicted = model.apply(inputs, { training: true }) as Tensor;
    // The probability given to what happened: p, or 1 - p where the label is 0. Not a number for what is no probability.
    const given = predicted.mul(wanted.mul(2).sub(1)).add(tf.sub(1, wanted));
    const entropy = given.add(EPSILON).log().mean().neg() as Scalar;
    return model.calculateLosses().reduce((sum, extra) => sum.add(extra), entropy);
  }
}
