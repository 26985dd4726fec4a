import { step, z } from 'pawl';

const value = z.object({ n: z.number() });

export const add = step('add', { input: value, output: value }, ({ n }) => ({ n: n + 1 }));
export const addLight = step('add-light', { input: value, output: value, light: true }, ({ n }) => ({ n: n + 1 }));
export const addReused = step('add-reused', { input: value, output: value, cache: 'reuse' }, ({ n }) => ({ n: n + 1 }));
export const range = step(
  'range',
  { input: value, output: z.object({ items: z.array(z.number()) }), light: true },
  ({ n }) => ({
    items: Array.from({ length: n }, (_, i) => i),
  }),
);
