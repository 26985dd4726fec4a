import { map, pipeline, step, z } from 'pawl';

const text = step('text', { input: z.object({ n: z.number() }), output: z.object({ text: z.string() }) }, () => ({
  text: 'x'.repeat(30_000),
}));
const range = step(
  'range',
  { input: z.object({ n: z.number() }), output: z.object({ items: z.array(z.number()) }) },
  ({ n }) => ({ items: Array.from({ length: n }, (_, i) => i) }),
);
const join = step(
  'join',
  { input: z.object({ texts: z.array(z.object({ text: z.string() })) }), output: z.object({ length: z.number() }) },
  ({ texts }) => ({ length: texts.length }),
);

/** Many values that are small enough each, and together more than Temporal takes. */
export default pipeline('too-large', { params: z.object({ n: z.number() }) }, ({ n }) =>
  join({ texts: map(range({ n }).items, (item) => text({ n: item })) }),
);
