import { pipeline, sleep, step, z } from 'pawl';
import { addLight } from './steps.js';

const when = step(
  'when',
  { input: z.object({ at: z.json() }), output: z.object({ at: z.string() }), light: true },
  ({ at }) => ({ at: at as string }),
);

/** Waits for a while, then until a time that a step gives. */
export default pipeline('sleeping', { params: z.object({ at: z.json(), n: z.number() }) }, ({ at, n }) => {
  const short = sleep('100ms', { id: 'short', label: 'a short nap' });
  const until = sleep(when({ at }, { after: short }).at, { id: 'until' });
  return addLight({ n }, { after: until });
});
