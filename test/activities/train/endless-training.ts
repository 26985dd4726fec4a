/** A program that trains for a long time in a child process, and says so; its parent kills it. */
import { train } from '../../../activities/train/train.js';
import { testContext } from '../../../testing/test-context.js';
import { fitTrips, makeTrips, placeInTrips } from './trip-data.js';
import { tripNet } from './trips.js';

placeInTrips(tripNet);
const base = await testContext();
const ctx = { ...base, progress: () => void process.stdout.write('training\n') };
const data = await makeTrips(base, 2000);
const features = await fitTrips(tripNet, data, base);
await train.run({ model: tripNet, features, data, epochs: 100_000 }, ctx);
