import { map, pipeline, reject, step, when, z } from 'pawl';

const number = z.object({ n: z.number() });

/** Reads the world: its output is of no use to a later run. */
const look = step('look', { input: z.object({ file: z.string() }), output: number }, () => ({ n: 7 }));

const double = step('double', { input: number, output: number, cache: 'reuse' }, ({ n }) => ({ n: n * 2 }));
const halve = step('halve', { input: number, output: number, cache: 'reuse' }, ({ n }) => ({ n: n / 2 }));
const next = step('next', { input: number, output: number, light: true }, ({ n }) => ({ n: n + 1 }));
const count = step(
  'count',
  { input: number, output: z.object({ keys: z.array(z.string()) }), cache: 'reuse' },
  ({ n }) => ({ keys: Array.from({ length: n }, (_, i) => `k${i}`) }),
);
const measure = step(
  'measure',
  { input: z.object({ key: z.string(), n: z.number() }), output: number, cache: 'reuse' },
  ({ key, n }) => ({ n: key.length + n }),
);
const isLarge = step(
  'is-large',
  { input: number, output: z.object({ large: z.boolean() }), cache: 'reuse' },
  ({ n }) => ({ large: n > 100 }),
);

const params = z.object({ n: z.number(), items: z.number().default(2), fast: z.boolean().default(true) });

/** What can be known before a run, and what cannot. */
export default pipeline('forecast', { params }, ({ n, items, fast }) => {
  const doubled = double({ n });
  const seen = look({ file: 'somewhere' });
  const { keys } = count({ n: items });
  const way = when(
    fast,
    () => halve({ n }),
    () => double({ n: seen.n }),
    { id: 'way' },
  );
  const large = isLarge({ n: doubled.n });
  const judged = when(
    large.large,
    () => reject(doubled),
    () => doubled,
    { id: 'judged' },
  );
  return {
    way,
    judged,
    after: halve({ n: seen.n }),
    later: halve({ n: next({ n: doubled.n }).n }, { id: 'halve-next' }),
    measured: map(keys, (key) => measure({ key, n })),
  };
});
