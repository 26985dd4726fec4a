import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { map, match, pipeline, type Ref, step, when, z } from 'pawl';
import { addLight } from './steps.js';

const Item = z.object({ id: z.string(), n: z.int(), parts: z.array(z.int()), bad: z.boolean() });

export const GapsParams = z.object({
  kind: z.enum(['most', 'few', 'fifty']),
  count: z.int(),
  refused: z.int().default(0),
  bad: z.array(z.int()).default([]),
  file: z.string().default('/dev/null'),
});

/** Items of which some are refused, as a map in them has nothing to run over, and some have a step that fails. */
const makeItems = step(
  'make-items',
  {
    input: z.object({ count: z.int(), refused: z.int(), bad: z.array(z.int()) }),
    output: z.object({ items: z.array(Item) }),
  },
  ({ count, refused, bad }) => ({
    items: Array.from({ length: count }, (_, n) => ({
      id: `item-${n}`,
      n,
      parts: n < refused ? [] : [n],
      bad: bad.includes(n),
    })),
  }),
);

/** Fails once there is a file that says so, until there is another one. */
const fails = step(
  'fails',
  { input: z.object({ n: z.int(), file: z.string() }), output: z.object({ n: z.int() }), retry: { attempts: 1 } },
  async ({ n, file }, ctx) => {
    while (!existsSync(`${file}-go`)) await pause(50, undefined, { signal: ctx.signal });
    if (!existsSync(`${file}-mended`)) throw new Error(`${n} is bad`);
    return { n };
  },
);

const gaps = step(
  'gaps',
  {
    input: z.object({ all: z.array(z.array(z.number().nullable()).nullable()) }),
    output: z.object({ count: z.int(), gaps: z.array(z.int()), inOrder: z.boolean() }),
  },
  ({ all }) => ({
    count: all.length,
    gaps: all.flatMap((each, index) => (each === null ? [index] : [])),
    inOrder: all.every((each, index) => each === null || each[0] === index + 1),
  }),
);

/** Maps that bear failures of their items. */
export default pipeline('big-gaps', { params: GapsParams, hold: '1h' }, ({ kind, count, refused, bad, file }) => {
  const { items } = makeItems({ count, refused, bad });
  const key = (item: Ref<z.infer<typeof Item>>) => item.id;
  const work = (item: Ref<z.infer<typeof Item>>) => {
    when(item.bad, () => fails({ n: item.n, file }));
    return map(item.parts, (n) => addLight({ n }).n, { id: 'parts', minSuccess: 1 });
  };
  const all = match(kind, {
    most: () => map(items, work, { key, minSuccess: '75%' }),
    few: () => map(items, work, { key, minSuccess: '20%' }),
    fifty: () => map(items, work, { key, minSuccess: 50 }),
  });
  return gaps({ all });
});
