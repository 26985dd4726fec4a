import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { applyToRows, type ModelInputs, prepareTransform } from '../features/apply-transform.js';
import type { Columns } from '../features/columns.js';
import { type Transform, transformSchema } from '../features/transform.js';
import { makeBreather } from './breathe.js';
import { loadCompute } from './compute.js';
import { inputTensors } from './input-tensors.js';
import type { TensorFlow } from './load-tensorflow.js';
import { MODEL_FILES, readNetwork } from './model-folder.js';

/** Rows that go through the network at a time. */
const BATCH = 8192;

/** A trained model in memory. */
export interface LoadedModel {
  readonly transform: Transform;
  /** The contract of the rows it was trained on. */
  readonly contract: Json;
  /** What computes its predictions. */
  readonly backend: string;
  /**
   * The probability that each row is positive, from raw rows as JSON carries them.
   * @throws PawlError `InvalidValue` naming the row and column of a value of the wrong type; `InvalidModel` when a
   * prediction is not a probability.
   */
  predict(rows: readonly unknown[]): Promise<Float64Array>;
  /** The same for some rows of a table. */
  predictColumns(columns: Columns, rows: Uint32Array): Promise<Float64Array>;
  dispose(): void;
}

/**
 * Loads a model folder, as `train` wrote it.
 * @throws PawlError `InvalidModel` when the folder is not one.
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const { tf, backend } = await loadCompute();
  const [network, transform, contract] = await readParts(tf, folder);
  return {
    transform,
    contract,
    backend,
    predict: async (rows) =>
      rows.length === 0 ? new Float64Array(0) : predict(tf, network, applyToRows(transform, rows)),
    predictColumns: async (columns, rows) => {
      const features = prepareTransform(transform, columns);
      const predictions = new Float64Array(rows.length);
      const breathe = makeBreather();
      for (let from = 0; from < rows.length; from += BATCH) {
        const inputs = features.inputsOf(rows.subarray(from, from + BATCH));
        predictions.set(await predict(tf, network, inputs), from);
        await breathe();
      }
      return predictions;
    },
    dispose: () => void network.dispose(),
  };
}

async function readParts(tf: TensorFlow, folder: string): Promise<[LayersModel, Transform, Json]> {
  const readJson = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Json;
  try {
    return await Promise.all([
      readNetwork(tf, folder),
      readJson(MODEL_FILES.transform).then((json) => transformSchema.parse(json)),
      readJson(MODEL_FILES.contract),
    ]);
  } catch (cause) {
    throw new PawlError(FailureType.InvalidModel, `the model folder cannot be loaded: ${(cause as Error).message}`, {
      hint: `It needs ${Object.values(MODEL_FILES).join(', ')}, as the step train writes them.`,
      retryable: false,
      cause,
    });
  }
}

async function predict(tf: TensorFlow, network: LayersModel, inputs: ModelInputs): Promise<Float64Array> {
  const tensors = inputTensors(tf, network, inputs);
  const output = tf.tidy(() => network.apply(tensors.length === 1 ? tensors[0]! : tensors) as Tensor);
  const values = Float64Array.from(await output.data());
  tf.dispose([output, ...tensors]);
  const broken = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (broken < 0) return values;
  throw new PawlError(
    FailureType.InvalidModel,
    `the prediction of row ${broken} is ${values[broken]}, which is not a probability`,
    { hint: 'End the network in a sigmoid; for NaN, train it again with a lower learningRate.', retryable: false },
  );
}
