import { z } from 'zod';
import { step } from '../../dsl/step.js';
import { trainedModelSchema } from '../values.js';
import { modelNameSchema, registeredSchema } from './values.js';

/**
 * Puts a model into the registry under a name, as its next version. The champion stays as it is; `deploy` changes it.
 *
 * - `model`: what `train` returned;
 * - `as`: the name;
 * - `report`: any evidence to keep with the version, for example what `evaluate` found. Default: none.
 *
 * @example
 * const registered = register({ model, as: 'flight-delays', report });
 */
export const register = step(
  'register',
  {
    input: z.object({ model: trainedModelSchema, as: modelNameSchema, report: z.json().optional() }),
    output: registeredSchema,
  },
  async ({ model, as: name, report = null }, ctx) => {
    const { version } = await ctx.registry.register({ name, model, report, key: ctx.key, run: ctx.run.id });
    return { kind: 'registered' as const, name, version, model };
  },
);
