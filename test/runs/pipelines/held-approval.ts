import { existsSync } from 'node:fs';
import { approval, pipeline, step, z } from 'pawl';

const needFile = step(
  'need-file',
  { input: z.object({ file: z.string() }), output: z.object({ file: z.string() }), retry: { attempts: 1 } },
  ({ file }) => {
    if (!existsSync(file)) throw new Error(`there is no ${file}`);
    return { file };
  },
);

/** A pipeline of its own, so that its approval is in a scope. */
const sign = pipeline('sign', { params: z.object({ name: z.string() }) }, ({ name }) =>
  approval({ ask: 'Take this one?', show: { name }, form: z.object({ name: z.string() }) }),
);

/** One branch waits for an operator, the other for an approver. */
export default pipeline('held-approval', { params: z.object({ file: z.string() }) }, ({ file }) => {
  return { read: needFile({ file }), signed: sign({ name: 'both' }) };
});
