import type { PipelineParts } from '../dsl/pipeline.js';
import { examineParams, invalidParams } from './runs/param-problems.js';

/**
 * Checks the params that a schedule's firing at a time would have, before there is a schedule that fires in vain.
 * @throws PawlError `InvalidParams` that names every wrong one.
 */
export async function checkFiring(pipeline: PipelineParts, at: Date): Promise<void> {
  const { schedule } = pipeline;
  const { problems } = await examineParams(pipeline, schedule?.params ? schedule.params(at) : {});
  if (problems.length === 0) return;
  throw invalidParams(pipeline.name, problems, {
    hint: 'A firing has the params that `schedule: { cron, params: (at) => ({ … }) }` gives, else the defaults.',
  });
}
