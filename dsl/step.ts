import type { z } from 'zod';
import type { RetryPlan, StepNodeOptions } from '../plan/plan.js';
import type { StepContext } from './context.js';
import { durationMs } from './duration.js';
import { misuse } from './misuse.js';
import type { Ref, Wire } from './ref.js';
import { currentTracer, fingerprintOf, outputRef } from './trace.js';

/** Options a step has by itself and a node may override. */
export interface StepOptions {
  /**
   * Pure, without effects, and done within a second: runs beside the workflow at a tenth of the cost. Default: false.
   */
  readonly light?: boolean;
  /** Which workers run it: `default`, `gpu`, or a name of your own. Default: `default`. */
  readonly queue?: string;
  /** Longest time of one attempt: `'90s'`, `'2h'`, or milliseconds. Default: `'1h'`. */
  readonly timeout?: string | number;
  /** Silence after which an attempt counts as lost. Default: `'10s'`. The worker beats by itself. */
  readonly heartbeat?: string | number;
  /** Failures of the step's own code. Default: 3 attempts, 1 s pause, factor 2. */
  readonly retry?: Partial<RetryPlan>;
}

export interface NodeOptions extends StepOptions {
  /** Id of the node. Default: the step's name; a second use in the same scope needs one. */
  readonly id?: string;
}

export interface StepDeclaration<I extends z.ZodType, O extends z.ZodType> extends StepOptions {
  /** Schema of the input. */
  readonly input: I;
  /** Schema of the output. */
  readonly output: O;
}

export type StepFunction<I extends z.ZodType, O extends z.ZodType> = (
  input: z.output<I>,
  ctx: StepContext,
) => z.output<O> | Promise<z.output<O>>;

/** What every step has, whatever it takes and gives. */
export interface AnyStep {
  readonly stepName: string;
  readonly declaration: StepDeclaration<z.ZodType, z.ZodType>;
  readonly fn: StepFunction<z.ZodType, z.ZodType>;
}

export interface StepParts<I extends z.ZodType, O extends z.ZodType> extends AnyStep {
  /**
   * Calls the function itself, with the input and output checked: for tests. A step that uses its context needs one
   * (see `testContext` in `pawl/testing`).
   */
  run(input: z.input<I>, ctx?: StepContext): Promise<z.output<O>>;
}

/** A step in a pipeline: called with refs or values, it adds a node and returns the ref to its output. */
export interface Step<I extends z.ZodType, O extends z.ZodType> extends StepParts<I, O> {
  (input: Wire<z.input<I>>, options?: NodeOptions): Ref<z.input<O>>;
}

/**
 * Declares a step.
 *
 * @example
 * const nextMonth = step('next-month', { input: z.object({ month: z.string() }), output: z.object({ value: z.string() }), light: true },
 *   ({ month }) => ({ value: monthAfter(month) }));
 */
export function step<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  declaration: StepDeclaration<I, O>,
  fn: StepFunction<I, O>,
): Step<I, O> {
  return makeStep(name, declaration, fn) as unknown as Step<I, O>;
}

/**
 * Declares a step whose type depends on its caller's, which schemas alone cannot say: `split` over any `Dataset<Row>`.
 * The signature is what authors see; the schemas still check every value at run time.
 *
 * @example
 * const first = typedStep<<Row>(input: { data: Wire<Dataset<Row>> }) => Ref<Dataset<Row>>>()('first', { input, output }, fn);
 */
export function typedStep<Signature extends (input: never, options?: NodeOptions) => unknown>() {
  return <I extends z.ZodType, O extends z.ZodType>(
    name: string,
    declaration: StepDeclaration<I, O>,
    fn: StepFunction<I, O>,
  ): Signature & StepParts<I, O> => makeStep(name, declaration, fn) as unknown as Signature & StepParts<I, O>;
}

function makeStep<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  declaration: StepDeclaration<I, O>,
  fn: StepFunction<I, O>,
): StepParts<I, O> {
  if (!/^[a-z][a-zA-Z0-9-]*$/.test(name)) {
    throw misuse(`"${name}" cannot name a step`, 'Use letters, digits and dashes, beginning with a lower-case letter.');
  }
  const call = (input: unknown, options: NodeOptions = {}): Ref<unknown> => addStepNode(parts, input, options);
  const parts: StepParts<I, O> = Object.assign(call, {
    stepName: name,
    declaration,
    fn: fn as unknown as AnyStep['fn'],
    run: async (input: z.input<I>, ctx?: StepContext) => {
      const output = await fn(declaration.input.parse(input), ctx ?? missingContext(name));
      return declaration.output.parse(declaration.output.encode(output)) as z.output<O>;
    },
  });
  return parts;
}

function addStepNode(step: AnyStep, input: unknown, options: NodeOptions): Ref<unknown> {
  const tracer = currentTracer(`step "${step.stepName}"`);
  const known = tracer.steps.get(step.stepName);
  if (known !== undefined && known !== step) {
    throw misuse(`two different steps are called "${step.stepName}"`, 'Rename one of them.');
  }
  tracer.steps.set(step.stepName, step);
  const id = tracer.claimId(options.id ?? step.stepName);
  tracer.add({
    kind: 'step',
    id,
    step: step.stepName,
    fingerprint: fingerprintOf(tracer, step.stepName),
    input: tracer.bind(input),
    options: resolveOptions({
      ...step.declaration,
      ...options,
      retry: { ...step.declaration.retry, ...options.retry },
    }),
  });
  return outputRef(id);
}

function resolveOptions(options: StepOptions): StepNodeOptions {
  return {
    light: options.light ?? false,
    queue: options.queue ?? 'default',
    timeoutMs: durationMs(options.timeout ?? '1h'),
    heartbeatMs: durationMs(options.heartbeat ?? '10s'),
    retry: { attempts: 3, backoffMs: 1000, factor: 2, ...options.retry },
  };
}

function missingContext(name: string): StepContext {
  return new Proxy({} as StepContext, {
    get: (_, key) => {
      throw misuse(
        `step "${name}" uses ctx.${String(key)}, and run() was called without a context`,
        'Pass testContext() of pawl/testing.',
      );
    },
  });
}
