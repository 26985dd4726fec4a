import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io, LayersModel } from '@tensorflow/tfjs';
import type { TensorFlow } from './load-tensorflow.js';

/** Files of a model folder. */
export const MODEL_FILES = {
  topology: 'model.json',
  weights: 'weights.bin',
  transform: 'transform.json',
  contract: 'contract.json',
  training: 'training.json',
} as const;

/** Writes `model.json` and `weights.bin`, as `tf.loadLayersModel` reads them. */
export async function writeNetwork(tf: TensorFlow, model: LayersModel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { weightData, weightSpecs, modelTopology, format, generatedBy, convertedBy } = artifacts;
      const weightsManifest = [{ paths: [MODEL_FILES.weights], weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy, modelTopology, weightsManifest };
      await writeFile(join(folder, MODEL_FILES.weights), Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)));
      await writeFile(join(folder, MODEL_FILES.topology), JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

/** Reads what {@link writeNetwork} wrote. */
export async function readNetwork(tf: TensorFlow, folder: string): Promise<LayersModel> {
  const json = JSON.parse(await readFile(join(folder, MODEL_FILES.topology), 'utf8')) as io.ModelJSON;
  const bytes = new Uint8Array(await readFile(join(folder, MODEL_FILES.weights)));
  const weightSpecs = json.weightsManifest.flatMap((group) => group.weights);
  return tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs, weightData: bytes.buffer }),
  );
}
