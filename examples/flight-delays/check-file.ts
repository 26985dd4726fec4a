import { pipeline, z } from 'pawl';
import { ingest, validate } from 'pawl/ml';
import { Flight } from './schema.js';
import { flightsFile } from './source.js';

/**
 * Checks the whole file against the contract, once. What no month's partition reads is seen here: rows outside of the
 * months that the file claims to hold.
 */
export default pipeline('flight-file-check', { params: z.object({}) }, () =>
  validate({ data: ingest({ from: flightsFile, rows: Flight }) }),
);
