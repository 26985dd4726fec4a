import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { prepareTransform } from '../features/apply-transform.js';
import { columnsOf, transformSchema } from '../features/transform.js';
import { buildModel } from './build-model.js';
import { readCheckpoint, type TrainingCheckpoint, writeCheckpoint } from './checkpoint-files.js';
import { loadDefinition } from './child/load-definition.js';
import type { TaskPort } from './child/messages.js';
import { type Compute, loadCompute } from './compute.js';
import { trainEpoch } from './epoch.js';
import { readLabelledTable } from './labelled-table.js';
import { MODEL_FILES, writeNetwork } from './model-folder.js';
import { makeReporter } from './progress.js';
import { seedProcess } from './random.js';
import { areFinite } from './tensor-state.js';
import { Trainer } from './trainer.js';

/** Schema of {@link TrainTaskInput}. */
export const trainTaskInputSchema = z.object({
  origin: z.object({ bundle: z.string(), code: z.string() }),
  files: z.array(z.string()),
  partition: z.string().nullable(),
  transform: transformSchema,
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  learningRate: z.number().positive(),
  seed: z.int().nonnegative(),
  /** Folder of the checkpoint to go on from. */
  resume: z.string().nullable(),
  /** Folder to write the model into. */
  output: z.string(),
  /** Folder for checkpoints and what does not fit into memory. */
  scratch: z.string(),
});

/** What a training in a child process is told. */
export type TrainTaskInput = z.infer<typeof trainTaskInputSchema>;

/** Schema of what a training gives back beside its files. */
export const trainTaskOutputSchema = z.object({ rows: z.int(), backend: z.string(), losses: z.array(z.number()) });

/** The task `train` of a child process: trains a network and writes its folder, all but the contract. */
export async function trainTask(json: Json, port: TaskPort): Promise<Json> {
  const input = trainTaskInputSchema.parse(json);
  const [compute, table] = await Promise.all([
    loadCompute(),
    readLabelledTable({
      files: input.files,
      columns: columnsOf(input.transform),
      label: input.transform.label,
      scratch: input.scratch,
    }),
  ]);
  if (table.rows.length === 0) throw noRows();
  const trainer = await makeTrainer(compute, input);
  const features = prepareTransform(input.transform, table.columns);
  let past = await resume(input, trainer);
  const report = makeReporter(port, input.epochs);
  for (let epoch = past.epoch + 1; epoch <= input.epochs; epoch += 1) {
    seedProcess(input.seed, epoch);
    const onBatches = (fraction: number, loss: number) => report(epoch, fraction, loss);
    const loss = await trainEpoch({ ...input, trainer, table, features, epoch, onBatches });
    const checkpoint = await finishEpoch(input, compute, trainer, past, loss);
    const folder = join(input.scratch, `checkpoint-${epoch}`);
    await writeCheckpoint(folder, checkpoint);
    await port.checkpoint(epoch, folder);
    await rm(join(input.scratch, `checkpoint-${epoch - 1}`), { recursive: true, force: true });
    past = checkpoint;
  }
  return writeModel(input, compute, trainer, past, table.rows.length);
}

async function makeTrainer({ tf }: Compute, input: TrainTaskInput): Promise<Trainer> {
  const definition = await loadDefinition(input.origin);
  seedProcess(input.seed, 0);
  const model = buildModel(tf, definition, input.transform);
  const { optimizer = (_: typeof tf, rate: number) => tf.train.adam(rate) } = definition;
  return new Trainer(tf, model, () => optimizer(tf, input.learningRate));
}

type Past = Omit<TrainingCheckpoint, 'state'>;

async function resume(input: TrainTaskInput, trainer: Trainer): Promise<Past> {
  const settings = settingsOf(input);
  if (input.resume === null) return { epoch: 0, losses: [], backends: [], settings };
  const { state, ...past } = await readCheckpoint(input.resume);
  const changed = Object.keys(settings).filter((key) => past.settings[key] !== settings[key]);
  if (changed.length > 0) throw otherSettings(changed);
  await trainer.restore(state);
  return past;
}

async function finishEpoch(
  input: TrainTaskInput,
  compute: Compute,
  trainer: Trainer,
  past: Past,
  loss: number,
): Promise<TrainingCheckpoint> {
  const state = await trainer.save();
  if (!areFinite(state.weights)) throw brokenWeights(past.epoch + 1);
  // An uninterrupted training goes on from its checkpoint too: what the checkpoint does not hold must not matter.
  await trainer.restore(state);
  const backends = [...new Set([...past.backends, compute.backend])];
  return { epoch: past.epoch + 1, losses: [...past.losses, loss], backends, settings: settingsOf(input), state };
}

function settingsOf({ origin, batchSize, learningRate, seed }: TrainTaskInput): Past['settings'] {
  return { model: origin.code, batchSize, learningRate, seed };
}

async function writeModel(input: TrainTaskInput, { tf }: Compute, trainer: Trainer, past: Past, rows: number) {
  const backend = past.backends.join(', then ');
  await writeNetwork(tf, trainer.model, input.output);
  await writeJson(input, MODEL_FILES.transform, input.transform);
  // No times or paths in it: the same training gives the same folder.
  const { epochs, partition } = input;
  const record = { format: 1, ...settingsOf(input), epochs, rows, partition, backend, losses: past.losses };
  await writeJson(input, MODEL_FILES.training, record);
  return { rows, backend, losses: past.losses };
}

function writeJson(input: TrainTaskInput, name: string, value: Json): Promise<void> {
  return writeFile(join(input.output, name), `${JSON.stringify(value, null, 2)}\n`);
}

function noRows(): PawlError {
  return new PawlError(FailureType.InvalidData, 'no row has a label', {
    hint: 'The column that the label is made of is missing in every row.',
    retryable: false,
  });
}

function brokenWeights(epoch: number): PawlError {
  return new PawlError(FailureType.InvalidModel, `weights are not numbers any more after epoch ${epoch}`, {
    hint: 'Lower learningRate, and standardise every number that goes in.',
    retryable: false,
  });
}

function otherSettings(changed: readonly string[]): PawlError {
  return new PawlError(FailureType.InvalidModel, `the checkpoint was made with another ${changed.join(', ')}`, {
    hint: 'Training cannot go on from it: abort this run and start a new one.',
    retryable: false,
  });
}
