import { map, match, pipeline, step, z } from 'pawl';

const list = step(
  'list',
  { input: z.object({ n: z.int() }), output: z.object({ items: z.array(z.object({ id: z.string(), n: z.int() })) }) },
  ({ n }) => ({ items: Array.from({ length: n }, (_, i) => ({ id: `item-${i}`, n: i })) }),
);
const number = z.object({ n: z.number() });
const add = step('add', { input: number, output: number }, ({ n }) => ({ n: n + 1 }));
const addLight = step('add-light', { input: number, output: number, light: true }, ({ n }) => ({ n: n + 1 }));
const sum = step('sum', { input: z.object({ all: z.array(number) }), output: number }, ({ all }) => ({
  n: all.reduce((total, { n }) => total + n, 0),
}));

/** A map over as many items as are asked for, each one step. */
export default pipeline(
  'bench-map',
  { params: z.object({ n: z.int(), kind: z.enum(['step', 'light']) }) },
  ({ n, kind }) => {
    const { items } = list({ n });

    return match(kind, {
      step: () => sum({ all: map(items, (item) => add({ n: item.n }), { key: ({ id }) => id, concurrency: 64 }) }),
      light: () =>
        sum({ all: map(items, (item) => addLight({ n: item.n }), { key: ({ id }) => id, concurrency: 64 }) }),
    });
  },
);
