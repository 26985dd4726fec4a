import type { Quoted } from '../../plan/binding.js';
import { canonicalJson } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { WorkerParts } from '../parts.js';
import { readDeferred } from '../steps/values.js';

/** What a node decides by must be in the history; Temporal refuses payloads over 2 MB. */
const MAX_BYTES = 512 * 1024;

/**
 * The content of a value that is not in the history, or of each in a list.
 * @throws PawlError `InvalidValue`, not retryable, for what is too large to decide by.
 */
export async function read(value: Quoted, { store }: WorkerParts): Promise<Quoted> {
  const found = Array.isArray(value)
    ? await Promise.all(value.map((part) => readDeferred(part, store.artifacts)))
    : await readDeferred(value, store.artifacts);
  const bytes = Buffer.byteLength(canonicalJson(found));
  if (bytes <= MAX_BYTES) return found;
  throw new PawlError(
    FailureType.InvalidValue,
    `a node decides by, or runs over, a value of ${bytes} bytes; at most ${MAX_BYTES} fit`,
    { hint: 'Map over keys, and let each item read its own data.', retryable: false },
  );
}

/** Whether a value that is not in the history is `null`. */
export async function isNull(value: Quoted, { store }: WorkerParts): Promise<boolean> {
  return (await readDeferred(value, store.artifacts)) === null;
}
