import { pipeline, step, z } from 'pawl';

/** Makes a text of a length. */
const write = step(
  'write',
  { input: z.object({ bytes: z.int() }), output: z.object({ text: z.string(), parts: z.array(z.string()) }) },
  ({ bytes }) => ({ text: 'x'.repeat(bytes), parts: ['a', 'b'] }),
);

/** Returns what does not stay in a history. */
export default pipeline('large-result', { params: z.object({ bytes: z.int() }) }, ({ bytes }) => {
  const written = write({ bytes });
  return { whole: written, texts: [written.text], part: written.parts };
});
