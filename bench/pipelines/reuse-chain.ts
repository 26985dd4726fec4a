import { pipeline, type Ref, z } from 'pawl';
import { addReused } from './steps.js';

/** 100 remote steps in a row, each of which finds its output in an earlier run. */
export default pipeline('bench-reuse-chain', { params: z.object({ n: z.number() }) }, (params) => {
  let last: Ref<{ n: number }> = params;
  for (let i = 0; i < 100; i += 1) last = addReused({ n: last.n }, { id: `add-${i}` });
  return last;
});
