import { FailureType, PawlError } from '../../plan/failure.js';
import { suggestName } from '../../plan/suggest.js';
import type { Store, StoredPlan } from '../../store/index.js';

/**
 * The plan that is current for a pipeline.
 * @throws PawlError `UnknownPipeline` with the names there are.
 */
export async function currentPlan(name: string, store: Pick<Store, 'plans'>): Promise<StoredPlan> {
  const published = await store.plans.current(name);
  if (published) return published;
  const known = await store.plans.pipelineNames();
  throw new PawlError(FailureType.UnknownPipeline, `no pipeline called "${name}" is published`, {
    hint: `${suggestName(name, known)} Publish one with: pawl publish FILE`,
    retryable: false,
  });
}
