import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { suggestName } from '../../plan/suggest.js';
import type { Store } from '../../store/index.js';
import { checkParams } from '../activities/begin.js';
import { CodeLoader } from '../code/load-code.js';

/**
 * Checks params against the pipeline's current plan before a run is started.
 * @throws PawlError `UnknownPipeline` or `InvalidParams`.
 */
export async function checkPublishedParams(
  name: string,
  params: Json,
  where: { store: Store; root: string },
): Promise<void> {
  const published = await where.store.plans.current(name);
  if (!published) {
    const known = await where.store.plans.pipelineNames();
    throw new PawlError(FailureType.UnknownPipeline, `no pipeline called "${name}" is published`, {
      hint: `${suggestName(name, known)} Give a file instead, or publish one with: pawl publish FILE`,
    });
  }
  const loader = new CodeLoader({ artifacts: where.store.artifacts, root: where.root });
  const { pipeline } = await loader.load(published.plan.code);
  checkParams(pipeline, params ?? {});
}
