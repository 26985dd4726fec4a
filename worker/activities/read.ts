import { type Quoted, quote, type SpilledValue } from '../../plan/binding.js';
import { canonicalJson } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { WorkerParts } from '../parts.js';
import { readSpilled } from '../steps/values.js';

/** A list that a `map` runs over must be in the history; Temporal refuses payloads over 2 MB. */
const MAX_LIST_BYTES = 512 * 1024;

/** @throws PawlError `InvalidValue`, not retryable, for a list too large to map over. */
export async function encodeList(value: SpilledValue, parts: WorkerParts): Promise<Quoted> {
  const list = quote(await readSpilled(value, parts.store.artifacts));
  const bytes = Buffer.byteLength(canonicalJson(list));
  if (bytes <= MAX_LIST_BYTES) return list;
  throw new PawlError(
    FailureType.InvalidValue,
    `a map runs over a list of ${bytes} bytes; at most ${MAX_LIST_BYTES} fit`,
    {
      hint: 'Map over keys, and let each item read its own data.',
      retryable: false,
    },
  );
}
