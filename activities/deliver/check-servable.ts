import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../../dsl/context.js';
import { runInChild } from '../train/child/run-in-child.js';
import { MODEL_FILES } from '../train/model-folder.js';
import type { TrainedModelValue } from '../values.js';
import { unservable } from './unservable.js';

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
    // In a process of its own: what breaks while it loads must not take the worker down.
    await runInChild({ task: 'try-model', input: { folder }, signal: ctx.signal, onProgress: () => undefined });
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
