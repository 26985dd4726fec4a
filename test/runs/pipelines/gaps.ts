import { existsSync } from 'node:fs';
import { map, pipeline, sleep, step, z } from 'pawl';
import { mark } from './steps.js';

const risky = step(
  'risky',
  {
    input: z.object({ word: z.string(), folder: z.string(), bad: z.array(z.string()) }),
    output: z.object({ word: z.string() }),
    retry: { attempts: 2, backoffMs: 10 },
  },
  ({ word, folder, bad }, ctx) => {
    if (word === 'no') return ctx.reject('not this word', { word });
    if (bad.includes(word) && !existsSync(`${folder}/mended`)) throw new Error(`${word} is bad`);
    return { word };
  },
);

/** Some of its items may fail. */
export default pipeline(
  'gaps',
  {
    params: z.object({
      words: z.array(z.string()),
      bad: z.array(z.string()),
      folder: z.string(),
      file: z.string(),
      slowMs: z.number().default(0),
    }),
  },
  ({ words, bad, folder, file, slowMs }) => {
    const some = map(
      words,
      (word) => {
        const other = mark({ file, word, waitMs: slowMs });
        sleep(50, { id: 'nap' });
        return { tried: risky({ word, folder, bad }).word, other: other.word };
      },
      { minSuccess: '60%', concurrency: 3 },
    );
    return some;
  },
);
