import type { CompiledPipeline } from '../dsl/compile/index.js';
import { MediaType } from '../plan/artifact.js';
import type { Store } from '../store/index.js';

export interface Published {
  readonly pipeline: string;
  readonly planHash: string;
  /** False when this plan was current already. */
  readonly changed: boolean;
}

/** Makes a compiled pipeline the current one of its name: its code first, then the plan that names it. */
export async function publish(compiled: CompiledPipeline, store: Store): Promise<Published> {
  await store.artifacts.putBytes(Buffer.from(compiled.bundle.code), MediaType.javascript);
  const { plan, annotations, planHash } = compiled;
  const { status } = await store.plans.publish({ plan, annotations });
  return { pipeline: plan.pipeline, planHash, changed: status === 'published' };
}
