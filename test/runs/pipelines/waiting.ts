import { approval, pipeline, waitFor, z } from 'pawl';
import { mark } from './steps.js';

/** A step that takes a while, then an event and an approval. */
export default pipeline('waiting', { params: z.object({ file: z.string(), waitMs: z.int() }) }, ({ file, waitMs }) => {
  const first = mark({ file, word: 'first', waitMs });
  const labels = waitFor('labels-ready', z.object({ file: z.string().min(2) }), { after: first });
  const soon = waitFor('soon', z.object({ n: z.int() }), { after: first, timeout: '1s' });
  const release = approval({ ask: 'Deploy?', after: labels });
  return { labels, soon, release };
});
