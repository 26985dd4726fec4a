import { approval, pipeline, z } from 'pawl';

/** Asks the owner first, then the head too, then the board instead. */
export default pipeline('escalating', { params: z.object({ n: z.number() }) }, ({ n }) => {
  const release = approval({
    id: 'release',
    ask: 'Deploy this model?',
    show: { n },
    roles: ['owner'],
    escalate: [
      { after: '1s', roles: ['head'] },
      { after: '6s', roles: ['board'], instead: true },
    ],
  });
  return { release, late: release.escalated };
});
