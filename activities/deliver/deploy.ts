import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import { step } from '../../dsl/step.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { trainedModelSchema, type Verdict, verdictSchema } from '../values.js';
import { checkServable } from './check-servable.js';
import { deploymentSchema, modelNameSchema } from './values.js';

/**
 * Makes a model the champion of a name, which is what the server serves. The model is loaded and asked before, and it
 * only takes the place of the champion it was judged against: when that has changed meanwhile, the run is rejected
 * with `champion-moved`, because the judgement says nothing about the new one.
 *
 * - `model`: what `train` returned;
 * - `as`: the name;
 * - `verdict`: what `gate` said. It must have passed.
 *
 * @example
 * when(verdict.passed, () => deploy({ model, as: 'flight-delays', verdict }), () => reject(verdict));
 * @throws PawlError `InvalidValue` for a verdict that did not pass; `InvalidModel` for a model that cannot be served.
 */
export const deploy = step(
  'deploy',
  {
    input: z.object({ model: trainedModelSchema, as: modelNameSchema, verdict: verdictSchema }),
    output: deploymentSchema,
  },
  async ({ model, as: name, verdict }, ctx) => {
    requirePassed(name, verdict);
    await checkServable(ctx, model);
    const { key, run } = ctx;
    const { version } = await ctx.registry.register({ name, model, report: verdict, key, run: run.id });
    const expected = verdict.champion;
    const { moved, champion } = await ctx.registry.promote({ name, version, expected, key, run: run.id });
    if (!moved) return rejectMoved(ctx, { name, version, judgedAgainst: expected, champion });
    return { kind: 'deployment' as const, name, version, replaced: expected };
  },
);

function requirePassed(name: string, verdict: Verdict): void {
  if (verdict.passed) return;
  const broken = verdict.reasons.filter(({ passed }) => !passed).map(({ text }) => text);
  const why = broken.length > 0 ? `: ${broken.join('; ')}` : '';
  throw new PawlError(FailureType.InvalidValue, `"${name}" is not deployed, because the verdict did not pass${why}`, {
    hint: 'Deploy only what passed: when(verdict.passed, () => deploy(…), () => reject(verdict)).',
    retryable: false,
  });
}

interface MovedChampion {
  readonly name: string;
  /** The version that was not promoted. */
  readonly version: number;
  readonly judgedAgainst: number | null;
  readonly champion: number | null;
}

function rejectMoved(ctx: StepContext, moved: MovedChampion): never {
  return ctx.reject('champion-moved', { ...moved });
}
