import { pipeline, step, z } from 'pawl';

const never = step(
  'never',
  { input: z.object({}), output: z.object({ n: z.number() }), retry: { attempts: 1 } },
  (): { n: number } => {
    throw new Error('this never works');
  },
);

/** Holds for a moment. */
export default pipeline('brief-hold', { params: z.object({}), hold: '4s' }, () => never({}));
