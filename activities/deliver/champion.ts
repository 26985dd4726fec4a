import { step } from '../../dsl/step.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { ModelVersion } from '../../plan/registry.js';
import { championSchema, type TrainedModelValue, trainedModelSchema } from '../values.js';
import { modelNameSchema } from './values.js';

/**
 * The champion of a name at the time the run asks, for judging against; `null` before the first deployment.
 *
 * @example
 * const report = evaluate({ model, data, against: champion('flight-delays') });
 * @throws PawlError `InvalidModel` when the champion was registered by something else and is not a trained model.
 */
export const champion = step(
  'champion',
  { input: modelNameSchema, output: championSchema.nullable() },
  async (name, ctx) => {
    const found = await ctx.registry.champion(name);
    return found && { kind: 'champion' as const, name, version: found.version, model: trainedModel(found) };
  },
);

function trainedModel({ name, version, model }: ModelVersion): TrainedModelValue {
  const parsed = trainedModelSchema.safeParse(model);
  if (parsed.success) return parsed.data;
  throw new PawlError(FailureType.InvalidModel, `version ${version} of "${name}" is not a trained model`, {
    hint: 'Only a model that `train` returned can be judged: use another name for other things.',
    retryable: false,
  });
}
