import { crossed, cyclic, featureSpec, model, standardise, vocabulary } from 'pawl/ml';
import { Flight } from './schema.js';

/**
 * Will a flight that leaves now arrive more than 15 minutes late? Everything but the delay itself may be used, and
 * `featureSpec` does not even offer that column.
 */
export const delayNet = model('delay-net', {
  features: featureSpec(Flight, {
    label: (flight) => flight.delay.above(15),
    inputs: (flight) => [
      standardise(flight.distance),
      vocabulary(flight.origin, { as: 'index' }),
      vocabulary(flight.destination, { as: 'index' }),
      // A route leaves at the same few times every day: route and time of day together tell how late it left already.
      crossed(flight.origin, flight.destination, { as: 'index', minCount: 20, name: 'route' }),
      cyclic(flight.date, 'minute-of-day'),
      cyclic(flight.date, 'hour-of-day', { as: 'one-hot' }),
      cyclic(flight.date, 'minute-of-hour'),
      cyclic(flight.date, 'day-of-week', { as: 'one-hot' }),
    ],
  }),
  build: (tf, io) => {
    const places = ['origin', 'destination', 'route'].map((name) => io.embedding(name, 16));
    const inputs = tf.layers.concatenate().apply([io.dense, ...places]);
    const first = tf.layers.dense({ units: 64, activation: 'relu' }).apply(inputs);
    const second = tf.layers.dense({ units: 32, activation: 'relu' }).apply(first);
    return io.model(tf.layers.dense({ units: 1, activation: 'sigmoid' }).apply(second));
  },
});
