import { pipeline, type Ref, z } from 'pawl';
import { addLight } from './steps.js';

/** 100 light steps in a row. */
export default pipeline('bench-light-chain', { params: z.object({ n: z.number() }) }, (params) => {
  let last: Ref<{ n: number }> = params;
  for (let i = 0; i < 100; i += 1) last = addLight({ n: last.n }, { id: `add-${i}` });
  return last;
});
