import { pipeline, z } from 'pawl';

/** No step at all: what a run costs beside its steps. */
export default pipeline('bench-empty', { params: z.object({ n: z.number() }) }, (params) => params);
