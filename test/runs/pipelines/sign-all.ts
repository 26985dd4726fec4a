import { approval, map, pipeline, waitFor, z } from 'pawl';

/** An approval and an event for each item. */
export default pipeline('sign-all', { params: z.object({ names: z.array(z.string()) }) }, ({ names }) => {
  return map(names, (name) => {
    const signed = approval({ id: 'sign', ask: 'Take this one?', show: { name } });
    const labels = waitFor('labels', z.object({ rows: z.int().nonnegative() }), { after: signed });
    return { name, approved: signed.approved, rows: labels.rows };
  });
});
