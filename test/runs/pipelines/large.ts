import { map, pipeline, step, when, z } from 'pawl';

const make = step(
  'make',
  {
    input: z.object({ bytes: z.number() }),
    output: z.object({ text: z.string(), words: z.array(z.string()), ok: z.boolean() }),
  },
  ({ bytes }) => ({
    text: 'x'.repeat(bytes),
    words: Array.from({ length: 3000 }, (_, i) => `word-number-${i}`),
    ok: true,
  }),
);
const measure = step(
  'measure',
  { input: z.object({ text: z.string() }), output: z.object({ length: z.number() }) },
  ({ text }) => ({ length: text.length }),
);

/** Values far too large for a history. */
export default pipeline('large', { params: z.object({ bytes: z.number() }) }, ({ bytes }) => {
  const made = make({ bytes });
  const length = when(made.ok, () => measure({ text: made.text }));
  const words = map(made.words, (word) => word, { concurrency: 3000 });
  return { length, words };
});
