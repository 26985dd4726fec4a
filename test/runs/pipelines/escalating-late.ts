import { approval, pipeline, z } from 'pawl';

/** Goes to others after an hour; or soon, and then expires. */
export default pipeline('escalating-late', { params: z.object({}) }, () => {
  const soon = approval({
    id: 'soon',
    ask: 'Go on?',
    roles: ['owner'],
    escalate: { after: '500ms', roles: ['head'] },
    expires: '1s',
  });
  const late = approval({ id: 'late', ask: 'Go on?', roles: ['owner'], escalate: { after: '1h', roles: ['head'] } });
  return { soon, late };
});
