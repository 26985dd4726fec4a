import type { z } from 'zod';
import type { StepContext } from '../dsl/context.js';
import type { AnyStep, Schema, StepParts } from '../dsl/step.js';

/**
 * What stands in for a step: a function of its input, or the output itself. The output has the step's type; its lists may
 * be read-only.
 */
export type StubOf<I extends Schema, Output> =
  | Output
  | ((input: z.output<I>, ctx: StepContext) => Output | Promise<Output>);

/** An output as a test may write it. */
export type StubOutput<T> = T extends readonly (infer Item)[]
  ? readonly StubOutput<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: StubOutput<T[Key]> }
    : T;

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
 * @param step as the pipeline uses it: `train`, `ingest`, or a step of your own
 * @param does a function that is called in place of the step's own, or the output
 * @example
 * await testRun(retrain, { params, stubs: [stub(train, model), stub(notify, ({ text }) => ({ sent: text.length }))] });
 */
export function stub<I extends Schema, O extends Schema, const Output extends StubOutput<z.output<O>>>(
  step: StepParts<I, O> | { readonly step: StepParts<I, O> },
  does: StubOf<I, Output>,
  options: StubOptions = {},
): Stub {
  const fn = typeof does === 'function' ? does : () => does;
  // As every step's function, it is called with values that the step's schemas have checked.
  return Object.freeze({ step: 'step' in step ? step.step : step, fn: fn as AnyStep['fn'], node: options.node });
}
