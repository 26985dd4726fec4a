import { approval, map, pipeline, when, z } from 'pawl';
import { add } from './steps.js';

/** Two signed decisions, of which one fills in a form; and some that anybody may make. */
export default pipeline(
  'signed',
  { params: z.object({ n: z.number(), names: z.array(z.string()) }) },
  ({ n, names }) => {
    const release = approval({
      id: 'release',
      ask: 'Deploy this model?',
      show: { n },
      form: z.object({ level: z.int().min(1), note: z.string().default('none') }),
      roles: ['owner', 'reviewer'],
      quorum: 2,
      grant: 'required',
    });
    const each = map(names, (name) => approval({ id: 'take', ask: 'Take it?', show: { name } }).approved);
    const done = when(release.approved, () => add({ n }));
    return { release, each, done };
  },
);
