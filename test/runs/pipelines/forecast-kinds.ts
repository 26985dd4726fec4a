import { approval, map, match, onExit, pipeline, present, reduce, sleep, step, waitFor, z } from 'pawl';

const number = z.object({ n: z.number() });
const double = step('double', { input: number, output: number, cache: 'reuse' }, ({ n }) => ({ n: n * 2 }));
const add = step(
  'add',
  { input: z.object({ a: z.number(), b: z.number() }), output: number, cache: 'reuse' },
  ({ a, b }) => ({ n: a + b }),
);
const listed = step('listed', { input: number, output: z.object({ items: z.array(z.string()) }) }, () => ({
  items: ['a'],
}));
const lengthOf = step('length-of', { input: z.object({ text: z.string() }), output: number }, ({ text }) => ({
  n: text.length,
}));
const tell = step('tell', { input: z.object({ outcome: z.string() }), output: number }, () => ({ n: 0 }));

const inner = pipeline('inner', { params: z.object({ n: z.number(), by: z.number().default(3) }) }, ({ n, by }) =>
  add({ a: n, b: by }),
);

const params = z.object({
  load: z.discriminatedUnion('kind', [z.object({ kind: z.literal('small') }), z.object({ kind: z.literal('large') })]),
  note: z.string().nullable(),
  numbers: z.array(z.number()),
});

/** A node of every kind. */
export default pipeline('forecast-kinds', { params }, ({ load, note, numbers }) => {
  onExit(({ outcome }) => tell({ outcome }));
  const pause = sleep('90s', { id: 'pause' });
  return {
    approved: approval({ id: 'ask', ask: 'Shall it go on?', after: pause }),
    event: waitFor('event', number, { timeout: '1h' }),
    matched: match(load, 'kind', { small: () => double({ n: 1 }), large: () => double({ n: 1000 }) }, { id: 'size' }),
    noted: present(
      note,
      (text) => lengthOf({ text }),
      () => double({ n: 0 }),
      { id: 'noted' },
    ),
    sum: reduce(numbers, { n: 0 }, (sum, each) => add({ a: sum.n, b: each }), { id: 'sum' }),
    each: map(listed({ n: 1 }).items, (text) => lengthOf({ text }), { id: 'each' }),
    inner: inner({ n: 2 }),
  };
});
