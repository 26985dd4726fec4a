import { appendFileSync, existsSync } from 'node:fs';
import { pipeline, step, z } from 'pawl';
import { scale } from './reuse-near.js';

/** Writes a line each time its function runs. */
const work = step(
  'work',
  {
    input: z.object({ file: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    cache: 'reuse',
  },
  ({ file, n }) => {
    appendFileSync(file, 'work\n');
    return { n: scale(n) };
  },
);

/** Puts its output into an artifact, as steps with data do. */
const keep = step(
  'keep',
  {
    input: z.object({ file: z.string(), n: z.number(), words: z.array(z.string()) }),
    output: z.object({
      artifact: z.object({ digest: z.string(), bytes: z.number(), mediaType: z.string() }),
      long: z.string(),
    }),
    cache: 'reuse',
  },
  async ({ file, n, words }, ctx) => {
    appendFileSync(file, 'keep\n');
    return { artifact: await ctx.artifacts.putJson({ n, words: words.length }), long: `${n}`.repeat(40_000) };
  },
);

const wordsOf = step(
  'words',
  { input: z.object({ count: z.number() }), output: z.object({ words: z.array(z.string()) }) },
  ({ count }) => ({ words: Array.from({ length: count }, (_, i) => `word-${i}`) }),
);

/** Fails while there is no file of that name. */
const fussy = step(
  'fussy',
  {
    input: z.object({ file: z.string(), needs: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    cache: 'reuse',
    retry: { attempts: 1 },
  },
  ({ file, needs, n }) => {
    appendFileSync(file, 'fussy\n');
    if (!existsSync(needs)) throw new Error(`there is no ${needs}`);
    return { n };
  },
);

/** Says who it is, which is another one in every run. */
const personal = step(
  'personal',
  {
    input: z.object({ file: z.string() }),
    output: z.object({ run: z.string() }),
    cache: 'reuse',
  },
  ({ file }, ctx) => {
    appendFileSync(file, 'personal\n');
    return { run: ctx.run.id };
  },
);

/** The seed belongs to the node. */
const seeded = step(
  'seeded',
  { input: z.object({ file: z.string() }), output: z.object({ seed: z.number() }), cache: 'reuse' },
  ({ file }, ctx) => {
    appendFileSync(file, 'seeded\n');
    return { seed: ctx.seed };
  },
);

const light = step(
  'light',
  { input: z.object({ file: z.string() }), output: z.object({ ok: z.boolean() }), light: true, cache: 'reuse' },
  ({ file }) => {
    appendFileSync(file, 'light\n');
    return { ok: true };
  },
);

const params = z.object({
  file: z.string(),
  needs: z.string(),
  n: z.number(),
  count: z.number().default(3),
});

/** Steps that may be reused, each leaving a trace when it runs. */
export default pipeline('reuse', { params }, ({ file, needs, n, count }) => {
  const worked = work({ file, n });
  const kept = keep({ file, n: worked.n, words: wordsOf({ count }).words });
  return {
    worked,
    again: work({ file, n }, { id: 'again', cache: 'off' }),
    kept,
    fussy: fussy({ file, needs, n }),
    personal: personal({ file }),
    seeded: seeded({ file }),
    light: light({ file }),
  };
});
