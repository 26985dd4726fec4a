import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import type { Ref, Wire } from '../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../dsl/step.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { localFiles } from '../features/fit-features.js';
import { describeLabel } from '../features/label.js';
import { transformSchema } from '../features/transform.js';
import {
  type Dataset,
  datasetSchema,
  type FittedFeatures,
  fittedFeaturesSchema,
  type TrainedModel,
  trainedModelSchema,
} from '../values.js';
import { originOf } from './child/load-definition.js';
import { runInChild } from './child/run-in-child.js';
import { type ModelDefinition, modelSchema } from './model.js';
import { MODEL_FILES } from './model-folder.js';
import { numericBackend } from './numeric-backend.js';
import { type TrainTaskInput, trainTaskOutputSchema } from './train-task.js';

/** Input of {@link train}. */
export interface TrainInput<Row> {
  readonly model: ModelDefinition<Row>;
  /** What `fitFeatures` learnt for this model. */
  readonly features: FittedFeatures<NoInfer<Row>> | Ref<FittedFeatures<NoInfer<Row>>>;
  /** The training rows. Those without a label are left out. */
  readonly data: Dataset<NoInfer<Row>> | Ref<Dataset<NoInfer<Row>>>;
  /** How often to go through the rows. */
  readonly epochs: Wire<number>;
  /** Rows a step. Default: 1024. */
  readonly batchSize?: Wire<number>;
  /** Default: 0.001. */
  readonly learningRate?: Wire<number>;
  /** Decides initial weights, order of the rows and dropout. Default: the node's own seed, the same in every run. */
  readonly seed?: Wire<number>;
}

const inputSchema = z.object({
  model: modelSchema,
  features: fittedFeaturesSchema,
  data: datasetSchema,
  epochs: z.int().positive(),
  batchSize: z.int().positive().default(1024),
  learningRate: z.number().positive().default(0.001),
  seed: z.int().nonnegative().optional(),
});

/**
 * Trains a network in a process of its own, on the queue `gpu`. After each epoch everything that decides the rest
 * (weights, optimiser, position) is saved, and a training that is interrupted goes on from there. On one machine's CPU
 * it ends with the same weights, bit for bit, as one that was not interrupted; a GPU may add numbers in another order.
 *
 * @throws PawlError `InvalidModel` when the network does not fit its features or its loss is not a number;
 * `ArtifactCorrupt` when a checkpoint was saved and cannot be read.
 */
export const train = typedStep<<Row>(input: TrainInput<Row>, options?: NodeOptions) => Ref<TrainedModel<Row>>>()(
  'train',
  {
    input: inputSchema,
    output: trainedModelSchema,
    queue: 'gpu',
    timeout: '24h',
    heartbeat: '10s',
    cache: 'reuse',
    environment: numericBackend,
  },
  async (input, ctx) => {
    const { model, data, features } = input;
    checkFeatures(input);
    const task = await taskInput(input, ctx);
    const result = await runInChild({
      task: 'train',
      input: task,
      signal: ctx.signal,
      devices: ctx.devices,
      onProgress: (progress) => ctx.progress(progress),
      onCheckpoint: async (step, folder) =>
        ctx.checkpoints.save({ step, artifact: await ctx.artifacts.putFolder(folder) }),
    });
    const { rows, backend } = trainTaskOutputSchema.parse(result);
    const contract = await ctx.artifacts.getJson(features.contract);
    await writeFile(join(task.output, MODEL_FILES.contract), JSON.stringify(contract));
    return {
      kind: 'model' as const,
      definition: model.name,
      folder: await ctx.artifacts.putFolder(task.output),
      contract: data.contract,
      label: describeLabel(task.transform.label),
      backend,
      epochs: input.epochs,
      trainedOn: { rows, partition: data.partition },
    };
  },
);

async function taskInput(input: z.output<typeof inputSchema>, ctx: StepContext): Promise<TrainTaskInput> {
  const { model, features, data, epochs, batchSize, learningRate } = input;
  return {
    origin: originOf(model),
    files: await localFiles(data, ctx),
    partition: data.partition,
    transform: transformSchema.parse(await ctx.artifacts.getJson(features.transform)),
    epochs,
    batchSize,
    learningRate,
    seed: input.seed ?? ctx.seed,
    resume: await restoreCheckpoint(ctx),
    output: join(ctx.scratch, 'model'),
    scratch: ctx.scratch,
  };
}

async function restoreCheckpoint(ctx: StepContext): Promise<string | null> {
  const latest = await ctx.checkpoints.latest();
  if (!latest) return null;
  const folder = join(ctx.scratch, 'resume');
  await ctx.artifacts.restoreFolder(latest.artifact, folder);
  ctx.log.info(`going on after epoch ${latest.step}`);
  return folder;
}

function checkFeatures({ model, features, data }: z.output<typeof inputSchema>): void {
  if (features.model !== model.name) {
    throw mismatch(`the features were fitted for model "${features.model}", not "${model.name}"`);
  }
  if (features.contract.digest !== data.contract.digest) {
    throw mismatch('the features were fitted on rows of another contract than the training rows');
  }
}

function mismatch(message: string): PawlError {
  return new PawlError(FailureType.InvalidData, message, {
    hint: 'Give fitFeatures and train the same model and the same data.',
    retryable: false,
  });
}
