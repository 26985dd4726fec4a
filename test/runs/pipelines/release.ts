import { approval, pipeline, when, z } from 'pawl';
import { add } from './steps.js';

/** Two of the right people must agree and say at which level. */
export default pipeline('release', { params: z.object({ n: z.number() }) }, ({ n }) => {
  const report = add({ n });
  const release = approval({
    id: 'release',
    ask: 'Deploy this model?',
    show: report,
    form: z.object({ level: z.int().min(1), note: z.string().default('none') }),
    roles: ['owner', 'reviewer'],
    quorum: 2,
    expires: '1h',
  });
  const done = when(
    release.approved,
    () => add({ n: report.n }, { id: 'deploy' }),
    () => add({ n: 0 }, { id: 'keep' }),
  );
  return { release, done };
});
