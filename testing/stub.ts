import type { z } from 'zod';
import type { StepContext } from '../dsl/context.js';
import type { AnyStep, Schema, StepFunction, StepParts } from '../dsl/step.js';

/** What stands in for a step: a function of its input, or the output itself. Its type is the step's. */
export type StubOf<I extends Schema, O extends Schema> =
  | z.output<O>
  | ((input: z.output<I>, ctx: StepContext) => z.output<O> | Promise<z.output<O>>);

export interface StubOptions {
  /** The one node it stands in at, by its id, as `train` or `shares[shop-2]/share`. Default: every node of the step. */
  readonly node?: string;
}

/** A step's replacement in a test. Made by {@link stub}. */
export interface Stub {
  readonly step: AnyStep;
  readonly fn: AnyStep['fn'];
  readonly node: string | undefined;
}

/**
 * Replaces a step in a test. Input and output have the step's types, and are checked by its schemas as in a run.
 *
 * @param step as the pipeline uses it, `train` or a step of your own
 * @param does a function that is called in place of the step's own, or the output
 * @example
 * await testRun(retrain, { params, stubs: [stub(train, model), stub(notify, ({ text }) => ({ sent: text.length }))] });
 */
export function stub<I extends Schema, O extends Schema>(
  step: StepParts<I, O>,
  does: StubOf<I, O>,
  options: StubOptions = {},
): Stub {
  const fn = typeof does === 'function' ? (does as StepFunction<I, O>) : () => does;
  // As every step's function, it is called with values that the step's schemas have checked.
  return Object.freeze({ step, fn: fn as unknown as AnyStep['fn'], node: options.node });
}
