/** A small problem that can be learnt, and the pipeline file that child processes load. */

import { cyclic, standardise, vocabulary } from '../../../activities/features/feature.js';
import { featureSpec } from '../../../activities/features/feature-spec.js';
import { fitFeatures } from '../../../activities/features/fit-features.js';
import { type ModelDefinition, model } from '../../../activities/train/model.js';
import { train } from '../../../activities/train/train.js';
import type { Dataset } from '../../../activities/values.js';
import { datasetSchema } from '../../../activities/values.js';
import { pipeline, step, z } from '../../../dsl/index.js';
import type { Ref } from '../../../dsl/ref.js';

export const Trip = z.object({
  start: z.string(),
  length: z.number().nullable(),
  from: z.string().nullable(),
  late: z.number().nullable(),
});
export type Trip = z.infer<typeof Trip>;

const features = featureSpec(Trip, {
  label: (row) => row.late.above(15),
  inputs: (row) => [
    standardise(row.length),
    vocabulary(row.from, { as: 'index' }),
    cyclic(row.start, 'hour-of-day'),
    cyclic(row.start, 'day-of-week', { as: 'one-hot' }),
  ],
});

/** With an embedding and dropout, so that every kind of state and randomness is there. */
export const tripNet = model('trip-net', {
  features,
  build: (tf, io) => {
    const inputs = tf.layers.concatenate().apply([io.dense, io.embedding('from', 3)]);
    const hidden = tf.layers.dense({ units: 12, activation: 'relu' }).apply(inputs);
    const kept = tf.layers.dropout({ rate: 0.1 }).apply(hidden);
    return io.model(tf.layers.dense({ units: 1, activation: 'sigmoid' }).apply(kept));
  },
});

/** Its loss is not a number. */
export const brokenNet = model('broken-net', {
  features,
  build: (tf, io) => io.model(tf.layers.dense({ units: 1 }).apply(io.dense)),
  optimizer: (tf) => tf.train.sgd(1e30),
});

/** It does not give one number a row. */
export const wideNet = model('wide-net', {
  features,
  build: (tf, io) => io.model(tf.layers.dense({ units: 2 }).apply(io.dense)),
});

const load = step('load', { input: z.object({}), output: datasetSchema }, () => {
  throw new Error('never called');
});

export default pipeline('trips', { params: z.object({}) }, () => {
  const data = load({}) as unknown as Ref<Dataset<Trip>>;
  return [tripNet, brokenNet, wideNet].map((net: ModelDefinition<Trip>) => {
    const fitted = fitFeatures({ of: net, data }, { id: `fit-${net.name}` });
    return train({ model: net, features: fitted, data, epochs: 1 }, { id: net.name });
  });
});
