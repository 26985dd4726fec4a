import { pipeline, z } from 'pawl';
import {
  cyclic,
  featureSpec,
  fitFeatures,
  ingest,
  model,
  parquet,
  standardise,
  timestamp,
  train,
  validate,
} from 'pawl/ml';

const Row = z.object({
  date: timestamp(),
  delay: z.int(),
  distance: z.number(),
});

const smallNet = model('small-net', {
  features: featureSpec(Row, {
    label: (row) => row.delay.above(15),
    inputs: (row) => [standardise(row.distance), cyclic(row.date, 'minute-of-day')],
  }),
  build: (tf, io) => {
    const hidden = tf.layers.dense({ units: 16, activation: 'relu' }).apply(io.dense);
    return io.model(tf.layers.dense({ units: 1, activation: 'sigmoid' }).apply(hidden));
  },
});

/** One day of real flights, trained for many short epochs. */
export default pipeline('training', { params: z.object({ day: z.string(), epochs: z.int() }) }, ({ day, epochs }) => {
  const from = parquet('npm:vega-datasets/data/flights-3m.parquet', { partition: { column: 'date', by: 'day' } });
  const { accepted } = validate({ data: ingest({ from, rows: Row, partition: day }), tolerate: 0.5 });
  const features = fitFeatures({ of: smallNet, data: accepted });
  return train({ model: smallNet, features, data: accepted, epochs, batchSize: 64, seed: 7 });
});
