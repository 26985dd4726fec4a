import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { TensorState } from './tensor-state.js';
import type { TrainerState } from './trainer.js';

const tensorSchema = z.object({ shape: z.array(z.int()), dtype: z.enum(['float32', 'int32']) });

const checkpointSchema = z.object({
  format: z.literal(1),
  /** Epochs finished. */
  epoch: z.int().positive(),
  /** Mean loss of each of them. */
  losses: z.array(z.number()),
  /** What computed them, in order, each once. */
  backends: z.array(z.string()),
  /** What the training was told; another run's checkpoint must not be taken for this one's. */
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  weights: z.array(tensorSchema),
  optimizer: z.array(tensorSchema),
});

/** A training between two epochs. */
export type TrainingCheckpoint = Omit<z.infer<typeof checkpointSchema>, 'format' | 'weights' | 'optimizer'> & {
  readonly state: TrainerState;
};

/** Writes a checkpoint as `checkpoint.json` and `checkpoint.bin` (the tensors' values one after the other). */
export async function writeCheckpoint(folder: string, checkpoint: TrainingCheckpoint): Promise<void> {
  const { state, ...rest } = checkpoint;
  const describe = ({ shape, dtype }: TensorState) => ({ shape, dtype });
  const text = {
    format: 1,
    ...rest,
    weights: state.weights.map(describe),
    optimizer: state.optimizer.map(describe),
  };
  const values = [...state.weights, ...state.optimizer].map(({ values: own }) => Buffer.from(own.buffer));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'checkpoint.bin'), Buffer.concat(values));
  await writeFile(join(folder, 'checkpoint.json'), JSON.stringify(text));
}

/**
 * Reads a checkpoint.
 * @throws PawlError `ArtifactCorrupt` when it cannot be read whole: training must not silently begin again.
 */
export async function readCheckpoint(folder: string): Promise<TrainingCheckpoint> {
  try {
    const text = checkpointSchema.parse(JSON.parse(await readFile(join(folder, 'checkpoint.json'), 'utf8')));
    const bytes = await readFile(join(folder, 'checkpoint.bin'));
    const tensors = cutTensors([...text.weights, ...text.optimizer], bytes);
    const { format: _, weights, optimizer: __, ...rest } = text;
    return {
      ...rest,
      state: { weights: tensors.slice(0, weights.length), optimizer: tensors.slice(weights.length) },
    };
  } catch (cause) {
    throw new PawlError(FailureType.ArtifactCorrupt, `the checkpoint cannot be read: ${(cause as Error).message}`, {
      hint: 'Training does not begin again by itself: restore the artifact store, or abort this run and start a new one.',
      retryable: false,
      cause,
    });
  }
}

function cutTensors(shapes: readonly z.infer<typeof tensorSchema>[], bytes: Buffer): TensorState[] {
  const lengths = shapes.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const wanted = 4 * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== wanted) throw new Error(`it has ${bytes.length} bytes of values and needs ${wanted}`);
  // A copy begins at offset 0, which typed arrays of four bytes need.
  const { buffer } = new Uint8Array(bytes);
  let offset = 0;
  return shapes.map(({ shape, dtype }, i) => {
    const length = lengths[i]!;
    const values =
      dtype === 'int32' ? new Int32Array(buffer, offset, length) : new Float32Array(buffer, offset, length);
    offset += 4 * length;
    return { shape, dtype, values };
  });
}
