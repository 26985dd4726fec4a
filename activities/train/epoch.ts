import type { Scalar } from '@tensorflow/tfjs';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { PreparedTransform } from '../features/apply-transform.js';
import { makeBreather } from './breathe.js';
import { type LabelledTable, labelsOfRows } from './labelled-table.js';
import { shuffledRows } from './random.js';
import type { Trainer } from './trainer.js';

/** Batches between two looks at the loss: reading it makes a GPU wait. */
const LOOK_EVERY = 16;

export interface EpochOptions {
  readonly trainer: Trainer;
  readonly table: LabelledTable;
  readonly features: PreparedTransform;
  readonly batchSize: number;
  readonly seed: number;
  /** From 1. */
  readonly epoch: number;
  /** Called after some batches. @param fraction Of this epoch. @param loss Mean of the epoch so far. */
  readonly onBatches: (fraction: number, loss: number) => void;
}

/**
 * Goes once through the training rows.
 * @returns The mean loss over them.
 * @throws PawlError `InvalidModel` naming the first batch whose loss is not a number.
 */
export async function trainEpoch(options: EpochOptions): Promise<number> {
  const { trainer, table, features, batchSize, epoch } = options;
  const order = shuffledRows(table.rows, options.seed, epoch);
  const breathe = makeBreather();
  const pending: { loss: Scalar; rows: number; batch: number }[] = [];
  let done = 0;
  let sum = 0;
  const look = () => {
    for (const { loss, rows, batch } of pending.splice(0)) {
      const [value] = loss.dataSync();
      loss.dispose();
      if (!Number.isFinite(value)) throw notANumber(epoch, batch);
      done += rows;
      sum += value! * rows;
    }
    options.onBatches(done / order.length, sum / done);
  };
  for (let from = 0, batch = 1; from < order.length; from += batchSize, batch += 1) {
    const rows = order.subarray(from, from + batchSize);
    const loss = trainer.step(features.inputsOf(rows), labelsOfRows(table, rows));
    pending.push({ loss, rows: rows.length, batch });
    if (pending.length < LOOK_EVERY) continue;
    look();
    await breathe();
  }
  if (pending.length > 0) look();
  return sum / done;
}

function notANumber(epoch: number, batch: number): PawlError {
  return new PawlError(FailureType.InvalidModel, `the loss is not a number in epoch ${epoch}, batch ${batch}`, {
    hint: 'End the network in a sigmoid, lower learningRate, and standardise every number that goes in.',
    retryable: false,
  });
}
