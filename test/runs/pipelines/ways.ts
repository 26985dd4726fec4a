import { collect, map, match, orElse, pipeline, present, type Ref, reduce, reject, step, when, z } from 'pawl';
import { add, addLight } from './steps.js';

const One = z.object({ kind: z.literal('number'), n: z.number() });
const Many = z.object({ kind: z.literal('list'), items: z.array(z.object({ id: z.string(), n: z.number() })) });
const Bad = z.object({ kind: z.literal('bad'), why: z.string() });
const Found = z.discriminatedUnion('kind', [One, Many, Bad]);

const find = step(
  'find',
  {
    input: z.object({ kind: z.string(), n: z.number() }),
    output: z.object({ found: Found, best: z.number().nullable(), rest: z.string().optional() }),
  },
  ({ kind, n }) => ({ found: foundOf(kind, n), best: n > 2 ? n : null }),
);

function foundOf(kind: string, n: number): z.infer<typeof Found> {
  if (kind === 'list') return { kind, items: Array.from({ length: n }, (_, i) => ({ id: `item-${i}`, n: i })) };
  return kind === 'number' ? { kind, n } : { kind: 'bad', why: 'asked for' };
}

const sum = step(
  'sum',
  { input: z.object({ a: z.number(), b: z.number() }), output: z.object({ n: z.number() }), light: true },
  ({ a, b }) => ({ n: a + b }),
);

/** Finds a number in several ways; called by another pipeline. */
export const inner = pipeline(
  'ways-inner',
  { params: z.object({ kind: z.string(), n: z.number(), extra: z.number().default(100) }) },
  ({ kind, n, extra }) => {
    const { found, best, rest } = find({ kind, n });
    const total = match(found, 'kind', {
      number: (one: Ref<z.infer<typeof One>>) => add({ n: one.n }),
      list: ({ items }: Ref<z.infer<typeof Many>>) =>
        reduce(items, { n: 0 }, (value, item) => sum({ a: value.n, b: addLight({ n: item.n }).n }), {
          key: (item) => item.id,
        }),
      bad: (bad: Ref<z.infer<typeof Bad>>) => reject(bad),
    });
    const there = present(
      best,
      (value) => addLight({ n: value }, { id: 'best' }),
      () => addLight({ n: -1 }, { id: 'none' }),
    );
    const absent = present(rest, () => addLight({ n: 0 }, { id: 'rest' }), undefined, { id: 'present-rest' });
    return { total: total.n, there: there.n, absent, best: orElse(best, -5), extra };
  },
);

/** Every way in one another: a match in a reduce in a map in a pipeline that is called in this one. */
export default pipeline(
  'ways',
  { params: z.object({ kinds: z.array(z.string()), n: z.number(), twice: z.boolean().default(false) }) },
  ({ kinds, n, twice }) => {
    const found = map(kinds, (kind) => inner({ kind, n }));
    const again = when(twice, () => inner({ kind: 'number', n, extra: 1 }, { id: 'again' }));
    const gathered = collect([add({ n }), addLight({ n })]);
    return { found, again, gathered };
  },
);
