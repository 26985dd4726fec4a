import { map, pipeline, step, when, z } from 'pawl';

const value = z.object({ n: z.number() });
const light = step('light', { input: value, output: value, light: true }, ({ n }) => ({ n: n + 1 }));
const lightNo = step('light-no', { input: value, output: value, light: true }, (input, ctx) => ctx.reject('no', input));
const numbers = step('numbers', { input: value, output: z.object({ items: z.array(z.number()) }) }, async ({ n }) => {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { items: Array.from({ length: n }, (_, i) => i) };
});
const no = step('no', { input: value, output: value }, async (input, ctx) => {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return ctx.reject('no', input);
});

/** A rejection at the very moment in which other nodes begin, light and remote ones. */
export default pipeline('stopping', { params: z.object({ n: z.number(), early: z.boolean() }) }, ({ n, early }) => {
  const chain = light({ n: light({ n }).n }, { id: 'light-2' });
  const refused = when(early, () => lightNo({ n: light({ n }, { id: 'light-3' }).n }));
  const mapped = map(numbers({ n }).items, (item) => light({ n: item }));
  return { chain, refused, mapped, late: no({ n }) };
});
