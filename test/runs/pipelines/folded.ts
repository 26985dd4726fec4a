import { pipeline, reduce, z } from 'pawl';
import { mark } from './steps.js';

/** Steps that leave a trace of every call, one after the other for each word of a list. */
export default pipeline(
  'folded',
  { params: z.object({ file: z.string(), words: z.array(z.string()), waitMs: z.number() }) },
  ({ file, words, waitMs }) => reduce(words, { word: 'none' }, (_, word) => mark({ file, word, waitMs })),
);
