import { collect, map, match, pipeline, type Ref, reduce, sleep, step, when, z } from 'pawl';
import { addLight } from './steps.js';

/** Says that its output is anything, so that nothing checks it before a node decides by it. */
const anything = step(
  'anything',
  { input: z.object({ value: z.json() }), output: z.object({ value: z.json() }), light: true },
  ({ value }) => ({ value }),
);

const inner = pipeline('bad-inner', { params: z.object({ n: z.number().min(3) }) }, ({ n }) => addLight({ n }));

type Kind = 'when' | 'match' | 'map' | 'reduce' | 'few' | 'sleep' | 'pipeline' | 'none';

/** Nodes that are given values they cannot decide by. */
export default pipeline(
  'bad-values',
  { params: z.object({ kind: z.string(), value: z.json() }) },
  ({ kind, value: given }) => {
    const { value } = anything({ value: given });
    const tagged = collect({ kind: anything({ value: kind }, { id: 'kind' }).value as unknown as Ref<Kind> });
    return match(
      tagged,
      'kind',
      {
        when: () => when(value as unknown as Ref<boolean>, () => addLight({ n: 1 })),
        match: () =>
          match(value as unknown as Ref<{ tag: 'a' } | { tag: 'b' }>, 'tag', {
            a: () => addLight({ n: 1 }),
            b: () => addLight({ n: 2 }),
          }),
        map: () => map(value as unknown as Ref<string[]>, (item) => item),
        reduce: () => reduce(value as unknown as Ref<string[]>, 'x', (_, item) => item),
        few: () => map(value as unknown as Ref<string[]>, (item) => item, { minSuccess: 2 }),
        sleep: () => sleep(value as unknown as Ref<string>),
        pipeline: () => inner({ n: value as unknown as Ref<number> }),
      },
      { otherwise: () => addLight({ n: 0 }, { id: 'other' }), id: 'kinds' },
    );
  },
);
