import { pipeline, z } from 'pawl';
import { add, addLight } from './steps.js';

/** The smallest useful run. */
export default pipeline('three-steps', { params: z.object({ n: z.number().default(1) }) }, ({ n }) => {
  const one = add({ n });
  const two = addLight({ n: one.n });
  return add({ n: two.n }, { id: 'add-last' });
});
