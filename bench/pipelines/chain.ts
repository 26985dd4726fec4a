import { pipeline, type Ref, z } from 'pawl';
import { add } from './steps.js';

/** 100 remote steps in a row. */
export default pipeline('bench-chain', { params: z.object({ n: z.number() }) }, (params) => {
  let last: Ref<{ n: number }> = params;
  for (let i = 0; i < 100; i += 1) last = add({ n: last.n }, { id: `add-${i}` });
  return last;
});
