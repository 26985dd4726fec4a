import { appendFileSync, statSync } from 'node:fs';
import { map, match, pipeline, type Ref, step, z } from 'pawl';

const number = z.object({ n: z.number() });
const add = step('add', { input: number, output: number, light: true }, ({ n }) => ({ n: n + 1 }));
const sum = step(
  'sum',
  { input: z.object({ a: z.number(), b: z.number() }), output: number, light: true },
  ({ a, b }) => ({
    n: a + b,
  }),
);
/** Counts its calls in a file, and fails unless there are many. */
const often = step(
  'often',
  { input: number.extend({ file: z.string(), failures: z.number() }), output: number, light: true },
  ({ n, file, failures }) => {
    appendFileSync(file, 'x');
    const { size } = statSync(file);
    if (size <= failures) throw new Error(`call ${size}`);
    return { n };
  },
);
const slow = step(
  'slow',
  { input: number.extend({ ms: z.number() }), output: number, light: true },
  async ({ n, ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { n };
  },
);
const refuse = step('refuse', { input: number, output: number, light: true }, ({ n }, ctx) =>
  n > 0 ? ctx.reject('n is positive', { n }) : { n },
);
const large = step('large', { input: number, output: number.extend({ text: z.string() }), light: true }, ({ n }) => ({
  n: n + 1,
  text: 'x'.repeat(30_000),
}));

/** Light steps that run together, and what may go wrong among them. */
export default pipeline(
  'light',
  {
    params: z.object({
      kind: z.enum(['chain', 'fan', 'lanes', 'slow-lanes', 'often', 'slow', 'refuse', 'large']),
      n: z.number().default(0),
      file: z.string().default(''),
      items: z.array(z.int()).default([]),
    }),
  },
  ({ kind, n, file, items }) =>
    match(kind, {
      chain: () => {
        let last: Ref<{ n: number }> = add({ n }, { id: 'first' });
        for (let at = 0; at < 40; at += 1) last = add({ n: last.n }, { id: `add-${at}` });
        return sum({ a: last.n, b: last.n }).n;
      },
      fan: () =>
        map(items, (item) => add({ n: add({ n: item }, { id: 'one' }).n }, { id: 'two' }).n, { concurrency: 60 }),
      lanes: () =>
        map(
          items,
          (item) => {
            let last: Ref<{ n: number }> = add({ n: item }, { id: 'first' });
            for (let at = 0; at < 5; at += 1) last = add({ n: last.n }, { id: `add-${at}` });
            return last.n;
          },
          { concurrency: 100 },
        ),
      'slow-lanes': () =>
        map(items, (item) => add({ n: slow({ n: add({ n: item }, { id: 'one' }).n, ms: 350 }).n }, { id: 'two' }).n, {
          concurrency: 8,
        }),
      often: () => {
        const before = add({ n }, { id: 'before' });
        return add({ n: often({ n: before.n, file, failures: 3 }).n }, { id: 'after' }).n;
      },
      slow: () => {
        const before = add({ n }, { id: 'before' });
        return add({ n: slow({ n: before.n, ms: 1500 }).n }, { id: 'after' }).n;
      },
      refuse: () => {
        const before = add({ n }, { id: 'before' });
        return add({ n: refuse({ n: before.n }).n }, { id: 'after' }).n;
      },
      large: () => {
        let last: Ref<{ n: number }> = large({ n }, { id: 'first' });
        for (let at = 0; at < 30; at += 1) last = large({ n: last.n }, { id: `large-${at}` });
        return last.n;
      },
    }),
);
