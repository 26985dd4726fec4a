import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { match, pipeline, step, z } from 'pawl';

/** Leaves a line when it begins, then works until there is a file called `until`, or fails where it is asked to. */
const dear = step(
  'dear',
  {
    input: z.object({ file: z.string(), until: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    cache: 'reuse',
    retry: { attempts: 1 },
  },
  async ({ file, until, n }, ctx) => {
    appendFileSync(file, 'dear\n');
    while (!existsSync(until)) await setTimeout(20, undefined, { signal: ctx.signal });
    if (existsSync(`${until}.fails`)) throw new Error('it was asked to fail');
    return { n: n + 1 };
  },
);

/** Its output depends on the node: two of them are never the same work. */
const seeded = step(
  'seeded',
  {
    input: z.object({ file: z.string(), until: z.string() }),
    output: z.object({ seed: z.number() }),
    cache: 'reuse',
  },
  async ({ file, until }, ctx) => {
    const { seed } = ctx;
    appendFileSync(file, 'seeded\n');
    while (!existsSync(until)) await setTimeout(20, undefined, { signal: ctx.signal });
    return { seed };
  },
);

/** What no key can hold, so that nobody can take it over. */
const personal = step(
  'personal',
  {
    input: z.object({ file: z.string(), until: z.string() }),
    output: z.object({ run: z.string() }),
    cache: 'reuse',
  },
  async ({ file, until }, ctx) => {
    const run = ctx.run.id;
    appendFileSync(file, 'personal\n');
    while (!existsSync(until)) await setTimeout(20, undefined, { signal: ctx.signal });
    return { run };
  },
);

const params = z.object({
  kind: z.enum(['dear', 'twice', 'seeded', 'personal']),
  file: z.string(),
  until: z.string(),
  n: z.number().default(1),
});

/** Work that several runs, or nodes of one, may want at the same time. */
export default pipeline('same-work', { params }, ({ kind, file, until, n }) =>
  match(kind, {
    dear: () => dear({ file, until, n }),
    twice: () => [dear({ file, until, n }, { id: 'one' }), dear({ file, until, n }, { id: 'two' })],
    seeded: () => [seeded({ file, until }, { id: 'one' }), seeded({ file, until }, { id: 'two' })],
    personal: () => [personal({ file, until }, { id: 'one' }), personal({ file, until }, { id: 'two' })],
  }),
);
