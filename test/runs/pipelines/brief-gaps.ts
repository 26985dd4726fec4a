import { pipeline } from 'pawl';
import bigGaps, { GapsParams } from './big-gaps.js';

/** The same, held for a moment. */
export default pipeline('brief-gaps', { params: GapsParams, hold: '5s' }, (params) => bigGaps(params));
