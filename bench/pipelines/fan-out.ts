import { map, pipeline, z } from 'pawl';
import { add, range } from './steps.js';

/** 200 remote steps side by side. */
export default pipeline('bench-fan-out', { params: z.object({ n: z.number() }) }, ({ n }) =>
  map(range({ n }).items, (item) => add({ n: item }), { concurrency: 200 }),
);
