import type { BeginChunkInput, BeginChunkResult, Kept, OuterValues } from '../../plan/chunk.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { KeyedItem } from '../../plan/items.js';
import type { Json } from '../../plan/json.js';
import { pruneTo } from '../../plan/prune.js';
import type { WorkerParts } from '../parts.js';
import { labelsOf, planOf } from './begin.js';

/**
 * What a chunk of a map begins with. The plan is found by its hash, however old it is.
 * @throws PawlError `InvalidPlan` when it is not in the database any more.
 */
export async function beginChunk(input: BeginChunkInput, parts: WorkerParts): Promise<BeginChunkResult> {
  const { planHash, map, items } = input;
  const { plans, artifacts } = parts.store;
  const stored = await plans.plan(planHash);
  const plan = stored && pruneTo(planOf(stored, parts), map);
  if (!plan) throw noPlan(planHash);
  return {
    plan,
    ...labelsOf(stored.annotations),
    // Both were written by this program, in these shapes.
    items: (await artifacts.getJson({ digest: items })) as unknown as readonly KeyedItem[],
    outer: (await unkeep(input.outer, parts)) as unknown as OuterValues,
  };
}

/** The value that was kept, in its notation. */
export async function unkeep<T extends Json>(kept: Kept<T>, { store }: WorkerParts): Promise<T> {
  return 'value' in kept ? kept.value : ((await store.artifacts.getJson({ digest: kept.kept })) as T);
}

function noPlan(hash: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, `the plan ${hash} of the run is not in the database`, {
    hint: 'Publish that version of the pipeline again, then retry the run.',
    retryable: false,
  });
}
