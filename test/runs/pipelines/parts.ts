import { appendFileSync, existsSync } from 'node:fs';
import { approval, map, pipeline, sleep, step, waitFor, when, z } from 'pawl';
import { addLight } from './steps.js';

const note = step(
  'note',
  {
    input: z.object({ file: z.string(), word: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    retry: { attempts: 1 },
  },
  ({ file, word, n }) => {
    appendFileSync(file, `${word}\n`);
    if (existsSync(`${file}.breaks-${word}`)) throw new Error(`${word} is broken`);
    return { n: n + 1 };
  },
);

const words = step(
  'words',
  { input: z.object({}), output: z.object({ list: z.array(z.string()) }), light: true },
  () => ({ list: ['a', 'b'] }),
);

/** Writes the name of each step that runs to a file; waits for people before the last one. */
export default pipeline(
  'parts',
  { params: z.object({ file: z.string(), n: z.number().default(0), asks: z.boolean().default(false) }) },
  ({ file, n, asks }) => {
    const first = note({ file, word: 'first', n }, { id: 'first' });
    const light = addLight({ n: first.n });
    const items = map(words({}).list, (word) => note({ file, word, n: light.n }, { id: 'item' }).n, { id: 'each' });
    const second = note({ file, word: 'second', n: light.n }, { id: 'second', after: items });
    const beside = note({ file, word: 'beside', n: first.n }, { id: 'beside' });
    const agreed = when(
      asks,
      () => {
        const event = waitFor('labels', z.object({ n: z.number() }));
        const nap = sleep('200ms', { id: 'nap', after: event });
        return approval({ id: 'agree', ask: 'Go on?', show: second, expires: '1h', after: nap }).approved;
      },
      () => true,
    );
    const third = note({ file, word: 'third', n: second.n }, { id: 'third', after: agreed });
    return { n: third.n, beside: beside.n };
  },
);
