import type { CompiledPipeline } from '../../dsl/compile/index.js';
import type { PipelineParts } from '../../dsl/pipeline.js';
import type { Plan } from '../../plan/plan.js';
import type { Store } from '../../store/index.js';
import { CodeLoader } from '../../worker/code/load-code.js';
import { currentPlan } from '../../worker/runs/current-plan.js';

/** A pipeline whose params are read: what its plan says of them, and its own schema. */
export interface ParamTarget {
  readonly plan: Pick<Plan, 'pipeline' | 'params'>;
  readonly pipeline: Pick<PipelineParts, 'params'>;
}

/** The same, with the whole plan. */
export interface PlanTarget extends ParamTarget {
  readonly plan: Plan;
}

/** A pipeline that was compiled and need not be published. */
export async function compiledTarget({ plan, bundle }: CompiledPipeline, root: string): Promise<PlanTarget> {
  const artifacts = { getBytes: async () => Buffer.from(bundle.code) };
  return { plan, pipeline: (await new CodeLoader({ artifacts, root }).load(plan.code)).pipeline };
}

/**
 * The pipeline that is published under a name.
 * @throws PawlError `UnknownPipeline` with the names there are.
 */
export async function publishedTarget(
  name: string,
  { store, root }: { store: Store; root: string },
): Promise<PlanTarget> {
  const { plan } = await currentPlan(name, store);
  const loader = new CodeLoader({ artifacts: store.artifacts, root });
  return { plan, pipeline: (await loader.load(plan.code)).pipeline };
}
