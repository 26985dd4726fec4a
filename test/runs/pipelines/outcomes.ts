import { setTimeout as pause } from 'node:timers/promises';
import { pipeline, step, z } from 'pawl';
import { add } from './steps.js';

const turnOut = step(
  'turn-out',
  {
    input: z.object({ way: z.string() }),
    output: z.object({ n: z.number() }),
    retry: { attempts: 1 },
    heartbeat: '3s',
  },
  async ({ way }, ctx) => {
    if (way === 'rejected') ctx.reject('not good enough', { score: 1 });
    if (way === 'faulty') throw new Error('it does not work');
    if (way === 'endless') await pause(60_000, undefined, { signal: ctx.signal });
    return { n: 2 };
  },
);

/** Ends in every way there is. */
export default pipeline(
  'outcomes',
  { params: z.object({ way: z.enum(['good', 'rejected', 'faulty', 'endless']) }), hold: '3s' },
  ({ way }) => add({ n: turnOut({ way }).n }),
);
