import type { Quoted } from '../../plan/binding.js';
import type { ChunkInput, ChunkPart } from '../../plan/chunk.js';
import { callKeep } from '../calls.js';
import { sizeOf } from '../fit-table.js';
import type { Run } from '../run.js';
import { tryUntilDone } from '../try-until-done.js';

/** What the run's history takes of each chunk, as there may be hundreds. In bytes. */
const INLINE_BYTES = 2000;
/** What travels to where it is kept; a single result may be larger. In bytes. */
const PART_BYTES = 500_000;

/** The results of a chunk, as the run is told them: few as they are, more as artifacts. */
export async function keepResults(
  results: readonly Quoted[],
  { node, chunk }: ChunkInput,
  run: Run,
): Promise<readonly ChunkPart[]> {
  if (sizeOf(results) <= INLINE_BYTES) return [{ value: results }];
  const parts: ChunkPart[] = [];
  for (const part of inParts(results)) {
    await run.state.budget.admit(sizeOf(part));
    const kept = await tryUntilDone(`${node}/chunk-${chunk + 1}`, run, () => callKeep(part, 'results'));
    parts.push({ kept });
  }
  return parts;
}

function inParts(results: readonly Quoted[]): readonly (readonly Quoted[])[] {
  const parts: Quoted[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const result of results) {
    const size = sizeOf(result);
    if (bytes + size > PART_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(result);
    bytes += size;
  }
  return parts;
}
