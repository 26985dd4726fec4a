import { collect, map, match, orElse, pipeline, present, type Ref, reduce, sleep, step, when, z } from 'pawl';
import { addLight } from './steps.js';

const Round = z.object({ kind: z.literal('round'), radius: z.number() });
const Square = z.object({ kind: z.literal('square'), side: z.number() });

const big = step(
  'big',
  {
    input: z.object({ id: z.string(), n: z.number() }),
    output: z.object({
      data: z.object({
        id: z.string(),
        text: z.string(),
        ok: z.boolean(),
        maybe: z.boolean().nullable(),
        none: z.number().nullable(),
        shape: z.discriminatedUnion('kind', [Round, Square]),
        items: z.array(z.object({ id: z.string(), n: z.number() })),
        at: z.string(),
      }),
    }),
  },
  ({ id, n }) => ({
    data: {
      id,
      text: 'x'.repeat(50_000),
      ok: n > 1,
      maybe: null,
      none: null,
      shape: { kind: 'square' as const, side: n },
      items: Array.from({ length: n }, (_, i) => ({ id: `item-${i}`, n: i })),
      at: '2001-01-01T00:00:00+01:00',
    },
  }),
);
const size = step(
  'size',
  { input: z.object({ text: z.string() }), output: z.object({ n: z.number() }) },
  ({ text }) => ({ n: text.length }),
);

/** Everything that decides is in a value that is too large for the history. */
export default pipeline(
  'deferred',
  { params: z.object({ n: z.number(), napMs: z.number().default(1) }) },
  ({ n, napMs }) => {
    const { data } = big({ id: 'first', n });
    const other = big({ id: 'second', n }, { id: 'big-2' });
    const nap = sleep(napMs as unknown as Ref<string>, { id: 'nap' });
    const chosen = when(
      data.ok,
      () => addLight({ n }),
      () => addLight({ n: -1 }, { id: 'not' }),
      { after: nap },
    );
    const shaped = match(data.shape, 'kind', {
      round: (round: Ref<z.infer<typeof Round>>) => addLight({ n: round.radius }),
      square: (square: Ref<z.infer<typeof Square>>) => addLight({ n: square.side }),
    });
    const absent = present(
      data.none,
      (value) => addLight({ n: value }),
      () => addLight({ n: 41 }, { id: 'instead' }),
    );
    const there = present(data, (all) => size({ text: all.text }), undefined, { id: 'whole' });
    const least = when(orElse(data.maybe, false), () => addLight({ n }), undefined, { id: 'maybe' });
    const mapped = map(data.items, (item) => addLight({ n: item.n }).n, { key: (item) => item.id });
    const total = reduce(data.items, { n: 0 }, (value, item) => sum({ a: value.n, b: item.n }), {
      key: (item) => item.id,
    });
    const each = map(collect([data, other.data]), (one) => size({ text: one.text }).n, {
      id: 'each',
      key: (one) => one.id,
    });
    const slept = sleep(data.at);
    const after = addLight({ n: orElse(data.none, 9) }, { id: 'after', after: slept });
    return {
      chosen,
      shaped,
      absent,
      there,
      least,
      mapped,
      total,
      each,
      after,
      fallback: orElse(data.none, 7),
      id: orElse(data.id, 'no id'),
    };
  },
);

const sum = step(
  'sum',
  { input: z.object({ a: z.number(), b: z.number() }), output: z.object({ n: z.number() }), light: true },
  ({ a, b }) => ({ n: a + b }),
);
