import { existsSync } from 'node:fs';
import { pipeline, step, z } from 'pawl';
import { add } from './steps.js';

const needFile = step(
  'need-file',
  {
    input: z.object({ file: z.string(), n: z.number() }),
    output: z.object({ n: z.number() }),
    retry: { attempts: 2, backoffMs: 10 },
  },
  ({ file, n }) => {
    if (!existsSync(file)) throw new Error(`there is no ${file}`);
    return { n };
  },
);

/** Holds until somebody makes the file. */
export default pipeline('faulty', { params: z.object({ file: z.string() }) }, ({ file }) => {
  const one = add({ n: 1 });
  return add({ n: needFile({ file, n: one.n }).n }, { id: 'add-last' });
});
