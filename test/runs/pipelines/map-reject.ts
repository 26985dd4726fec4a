import { map, pipeline, step, z } from 'pawl';
import { mark } from './steps.js';

const refuse = step(
  'refuse',
  { input: z.object({ word: z.string(), when: z.string() }), output: z.object({ word: z.string() }) },
  ({ word, when }, ctx) => (word === when ? ctx.reject('not this one', { word }) : { word }),
);

/** One item of a map rejects the run while others are at work and still others have not begun. */
export default pipeline(
  'map-reject',
  { params: z.object({ file: z.string(), words: z.array(z.string()), rejected: z.string() }) },
  ({ file, words, rejected }) =>
    map(
      words,
      (word) => {
        const passed = refuse({ word, when: rejected });
        return mark({ file, word: passed.word, waitMs: 20_000 });
      },
      { concurrency: 2 },
    ),
);
