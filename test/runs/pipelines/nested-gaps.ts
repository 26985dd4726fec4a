import { map, onExit, pipeline, step, z } from 'pawl';

const check = step(
  'check',
  {
    input: z.object({ word: z.string() }),
    output: z.object({ word: z.string() }),
    retry: { attempts: 1 },
    priority: 1,
  },
  ({ word }) => {
    if (word.includes('bad')) throw new Error(`${word} it is`);
    return { word };
  },
);

/** Items in items: the inner map bears one failure of three, the outer one half of its items. */
export default pipeline(
  'nested-gaps',
  { params: z.object({ groups: z.array(z.object({ id: z.string(), words: z.array(z.string()) })) }) },
  ({ groups }) => {
    onExit((run) =>
      map(run.faults, (fault) => check({ word: fault.node }), { key: (fault) => fault.node, minSuccess: 0 }),
    );
    return map(
      groups,
      (group) => map(group.words, (word) => check({ word }, { label: 'a | check' }).word, { minSuccess: 2 }),
      { key: (group) => group.id, minSuccess: '50%' },
    );
  },
);
