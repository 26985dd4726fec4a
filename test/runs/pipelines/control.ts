import { map, pipeline, reject, step, when, z } from 'pawl';
import { add, addLight } from './steps.js';

const list = step(
  'list',
  {
    input: z.object({ n: z.number() }),
    output: z.object({ items: z.array(z.object({ id: z.string(), n: z.number() })), many: z.boolean() }),
  },
  ({ n }) => ({ items: Array.from({ length: n }, (_, i) => ({ id: `item-${i}`, n: i })), many: n > 3 }),
);

/** Every control node: a map over items, a way taken, a rejection. */
export default pipeline('control', { params: z.object({ n: z.number() }) }, ({ n }) => {
  const found = list({ n });
  const added = map(found.items, (item) => addLight({ n: add({ n: item.n }).n }).n, { key: (item) => item.id });
  const judged = when(
    found.many,
    () => reject(found),
    () => add({ n }),
  );
  return { added, judged };
});
