import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../../dsl/context.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { loadModel } from '../train/load-model.js';
import { MODEL_FILES } from '../train/model-folder.js';
import type { TrainedModelValue } from '../values.js';

/**
 * The check before a model gets traffic: restored from the artifacts as a server would, its folder must hold every
 * file, the network must load, and it must answer a row.
 *
 * @throws PawlError `InvalidModel`, not retryable, that says what is wrong; `ArtifactCorrupt` when content is gone.
 */
export async function checkServable(ctx: StepContext, model: TrainedModelValue): Promise<void> {
  const folder = await mkdtemp(join(ctx.scratch, 'servable-'));
  try {
    await ctx.artifacts.restoreFolder(model.folder, folder);
    for (const name of Object.values(MODEL_FILES)) await requireFile(folder, name);
    await requireAnswer(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function requireFile(folder: string, name: string): Promise<void> {
  const bytes = await stat(join(folder, name)).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes === 0) throw unservable(`its file ${name} is missing or empty`);
}

/** A row without values: every transform takes it, and loading and answering take the way that requests take. */
async function requireAnswer(folder: string): Promise<void> {
  const model = await loadModel(folder);
  try {
    const [score] = await model.predict([{}]);
    if (!(score! >= 0 && score! <= 1)) throw unservable(`it answered ${score}, which is not a probability`);
  } finally {
    model.dispose();
  }
}

function unservable(why: string): PawlError {
  return new PawlError(FailureType.InvalidModel, `the model cannot be served: ${why}`, {
    hint: 'Train it again, and deploy the value that `train` returned as it is.',
    retryable: false,
  });
}
