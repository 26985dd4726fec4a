import { approval, pipeline, when, z } from 'pawl';
import { add } from './steps.js';

/** Nobody decides in time: the value says so, or the run is rejected. */
export default pipeline('expiring', { params: z.object({ reject: z.boolean() }) }, ({ reject }) => {
  const answer = when(
    reject,
    () => approval({ id: 'strict', ask: 'Go on?', expires: '1s', onExpiry: 'reject' }),
    () => approval({ id: 'mild', ask: 'Go on?', expires: '1s' }),
  );
  return { answer, sum: add({ n: 1 }) };
});
