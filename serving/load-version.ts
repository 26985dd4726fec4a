import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contract, contractSchema } from '../activities/data/contract/contract.js';
import { type LoadedModel, loadModel } from '../activities/train/load-model.js';
import { type TrainedModelValue, trainedModelSchema } from '../activities/values.js';
import type { ArtifactStore } from '../plan/artifact.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { Deployment } from '../store/index.js';
import { ServedVersion } from './served-version.js';

export interface LoadVersionOptions {
  readonly artifacts: ArtifactStore;
  /** Folder for the model's files while they are read. */
  readonly cacheFolder: string;
}

/** Sizes of the first calls: TensorFlow prepares its kernels in them, and no request should wait for that. */
const WARM_UP_ROWS = [1, 64];

/**
 * Fetches, loads and warms up a version.
 *
 * @throws PawlError `InvalidModel` when it is no model or gives something that is not a number; `StoreUnavailable` or
 * `ArtifactCorrupt` when its files cannot be had.
 */
export async function loadVersion(deployment: Deployment, options: LoadVersionOptions): Promise<ServedVersion> {
  const model = modelOf(deployment);
  await mkdir(options.cacheFolder, { recursive: true });
  const folder = await mkdtemp(join(options.cacheFolder, 'model-'));
  try {
    const files = join(folder, 'files');
    await options.artifacts.restoreFolder(model.folder, files);
    return await bringUp(deployment, model, await loadModel(files));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function modelOf({ name, version, model }: Deployment): TrainedModelValue {
  const parsed = trainedModelSchema.safeParse(model);
  if (parsed.success) return parsed.data;
  throw new PawlError(FailureType.InvalidModel, `version ${version} of "${name}" is registered without a model`, {
    hint: 'Register what a train step returned.',
    retryable: false,
    cause: parsed.error,
  });
}

function contractOf({ name, version }: Deployment, contract: Json): Contract {
  const parsed = contractSchema.safeParse(contract);
  if (parsed.success) return parsed.data;
  throw new PawlError(FailureType.InvalidModel, `version ${version} of "${name}" carries no row contract`, {
    hint: 'Train it again: its contract.json cannot be read by this version of Pawl.',
    retryable: false,
    cause: parsed.error,
  });
}

async function bringUp(deployment: Deployment, model: TrainedModelValue, loaded: LoadedModel): Promise<ServedVersion> {
  try {
    const version = new ServedVersion(deployment, model, contractOf(deployment, loaded.contract), loaded);
    await warmUp(version);
    return version;
  } catch (error) {
    loaded.dispose();
    throw error;
  }
}

/** With rows in which every value is missing: any transform takes them, and their answer must be a number too. */
async function warmUp(version: ServedVersion): Promise<void> {
  for (const length of WARM_UP_ROWS) await version.predict(Array.from({ length }, () => ({})));
}
