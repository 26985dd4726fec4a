import { appendFileSync } from 'node:fs';
import { map, onExit, pipeline, step, z } from 'pawl';
import { rateOf } from './held-rates.js';

/** What a word costs. */
const rate = step(
  'rate',
  {
    input: z.object({ word: z.string(), marks: z.string() }),
    output: z.object({ word: z.string(), rate: z.number().min(0), note: z.string().default('no note') }),
    retry: { attempts: 1 },
    cache: 'reuse',
  },
  ({ word, marks }) => {
    appendFileSync(marks, `rate ${word}\n`);
    return { word, rate: rateOf(word), note: 'rated' };
  },
);

/** Adds up what there is, and says what the same node put out in the run before. */
const total = step(
  'total',
  {
    input: z.object({ rates: z.array(z.object({ rate: z.number(), note: z.string() })) }),
    output: z.object({ sum: z.number(), notes: z.array(z.string()), before: z.json() }),
  },
  async ({ rates }, ctx) => ({
    sum: rates.reduce((sum, each) => sum + each.rate, 0),
    notes: rates.map(({ note }) => note.slice(0, 20)),
    before: ((await ctx.previous('rates[bad-one]/rate'))?.output as never) ?? null,
  }),
);

/** Ends it all. */
const farewell = step(
  'farewell',
  { input: z.object({ breaks: z.boolean() }), output: z.object({ said: z.string() }), retry: { attempts: 1 } },
  ({ breaks }) => {
    if (breaks) throw new Error('nobody says goodbye');
    return { said: 'goodbye' };
  },
);

/** Holds at each word that begins with `bad`. */
export default pipeline(
  'held',
  {
    params: z.object({
      words: z.array(z.string()),
      marks: z.string(),
      breaksOnExit: z.boolean().default(false),
    }),
    hold: '1h',
  },
  ({ words, marks, breaksOnExit }) => {
    onExit(() => farewell({ breaks: breaksOnExit }));
    const rates = map(words, (word) => rate({ word, marks }), { id: 'rates', concurrency: 10 });
    return total({ rates });
  },
);
