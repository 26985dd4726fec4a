import { pipeline, z } from 'pawl';
import { mark } from './steps.js';

/** Three steps in a row that leave a trace of every call of their function. */
export default pipeline(
  'marks',
  { params: z.object({ file: z.string(), waitMs: z.number().default(0) }) },
  ({ file, waitMs }) => {
    const first = mark({ file, word: 'first' }, { id: 'first' });
    const second = mark({ file, word: first.word, waitMs }, { id: 'second' });
    return mark({ file, word: second.word }, { id: 'third' });
  },
);
