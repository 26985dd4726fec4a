import { pipeline, step, z } from 'pawl';

const wrong = step(
  'wrong',
  { input: z.object({}), output: z.object({ rows: z.array(z.number()) }), retry: { attempts: 1 } },
  () => ({ rows: Array.from({ length: 60_000 }, (_, i) => `row ${i}`) as unknown as number[] }),
);

/** A step whose output is wrong in sixty thousand places. */
export default pipeline('long-error', { params: z.object({}) }, () => wrong({}));
