import { codeNamesIn, type Quoted } from '../../plan/binding.js';
import type { Digest } from '../../plan/canonical.js';
import type { JoinChunksInput } from '../../plan/chunk.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { WorkerParts } from '../parts.js';
import { settleValue, unquoteSettled } from '../reuse/settle-value.js';
import { encodeValue } from '../steps/values.js';
import { unkeep } from './begin-chunk.js';

/** A list is read as a whole by whoever reads it. In bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** What is no plain JSON must fit into the history. In bytes. */
const MAX_QUOTED_BYTES = 512 * 1024;

/** Puts a value of the history, in its notation, into an artifact. */
export async function keep(value: Quoted, { store }: WorkerParts): Promise<Digest> {
  return (await store.artifacts.putJson(value)).digest;
}

/**
 * One list of what all chunks of a map came to; a long one is an artifact.
 * @throws PawlError `InvalidValue`, not retryable, for one that is too large to be read.
 */
export async function joinChunks({ parts }: JoinChunksInput, worker: WorkerParts): Promise<Quoted> {
  const results: Quoted[] = [];
  for (const part of parts) results.push(...(await unkeep(part, worker)));
  if (codeNamesIn(results).length > 0) return quotedList(results);
  return encodeValue(await plainList(results, worker), worker.store.artifacts);
}

/** Reads what was kept apart. */
async function plainList(results: readonly Quoted[], { store }: WorkerParts): Promise<Json> {
  const list: Json[] = [];
  let bytes = 0;
  for (const result of results) {
    const text = JSON.stringify(result);
    const plain = text.includes('"$') ? unquoteSettled(await settleValue(result, store.artifacts)) : result;
    bytes += plain === result ? text.length : JSON.stringify(plain).length;
    if (bytes > MAX_BYTES) throw tooLarge(`more than ${MAX_BYTES} bytes`);
    list.push(plain);
  }
  return list;
}

/** Definitions stay names, which only the history can hold. */
function quotedList(results: readonly Quoted[]): Quoted {
  const bytes = Buffer.byteLength(JSON.stringify(results));
  if (bytes <= MAX_QUOTED_BYTES) return results;
  throw tooLarge(`${bytes} bytes and definitions of the code, such as models, in them`);
}

function tooLarge(what: string): PawlError {
  return new PawlError(FailureType.InvalidValue, `the results of the map have ${what}`, {
    hint: 'Let each item return less, or keep its data in an artifact and return the reference.',
    retryable: false,
  });
}
