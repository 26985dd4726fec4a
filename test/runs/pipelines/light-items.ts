import { existsSync } from 'node:fs';
import { map, pipeline, step, z } from 'pawl';

/** Has no rate for words that begin with `bad` until a file is there. */
const rate = step(
  'rate',
  {
    input: z.object({ word: z.string(), file: z.string() }),
    output: z.object({ rate: z.number() }),
    light: true,
    retry: { attempts: 1 },
  },
  ({ word, file }) => {
    if (word.startsWith('bad') && !existsSync(file)) throw new Error(`${word} has no rate`);
    return { rate: word.length };
  },
);

/** Rates words beside the workflow. */
export default pipeline(
  'light-items',
  { params: z.object({ words: z.array(z.string()), file: z.string() }), hold: '1h' },
  ({ words, file }) => map(words, (word) => rate({ word, file }).rate, { id: 'rates', concurrency: 10 }),
);
