import { approval, pipeline, waitFor, z } from 'pawl';

/** Waits for a decision and for an event. */
export default pipeline('test-people', { params: z.object({}) }, () => {
  const release = approval({ id: 'release', ask: 'Go on?', form: z.object({ limit: z.int() }) });
  const labels = waitFor('labels', z.object({ file: z.string() }));
  return { limit: release.value, file: labels.file };
});
