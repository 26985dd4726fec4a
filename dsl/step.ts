import type { z } from 'zod';
import type { CacheMode, RetryPlan, StepNodeOptions } from '../plan/plan.js';
import type { StepContext } from './context.js';
import { type ControlOptions, claimNode } from './control/node-options.js';
import { durationMs } from './duration.js';
import type { EdgeOf } from './edge.js';
import { misuse } from './misuse.js';
import type { Ref, Wire } from './ref.js';
import { outputRef, provisionalFingerprint, type StepDefaults, type Tracer } from './trace.js';

/** Options a step has by itself and a node may override. */
export interface StepOptions {
  /**
   * Pure, without effects, and done within a second: runs beside the workflow at a tenth of the cost. Default: false.
   */
  readonly light?: boolean;
  /** Which workers run it: `default`, `gpu`, or a name of your own. Default: `gpu` for a step that needs one, else `default`. */
  readonly queue?: string;
  /** Devices one attempt needs. Default: none. */
  readonly resources?: { readonly gpu?: number };
  /** 1 (first) to 5 (last), among what waits for the same workers. Default: 3. */
  readonly priority?: number;
  /**
   * Whether the output of an earlier execution, of the same code on the same input, may be taken: `reuse`; `refresh`
   * runs and offers its output; `off` does neither. For steps without effects whose output depends on their code and
   * input alone. Default: `off`.
   */
  readonly cache?: CacheMode;
  /**
   * Most attempts of this step at a time, over all runs, nodes and workers: for a licence, a database or a service that
   * takes so many. What comes then waits without keeping a worker busy. Not for light steps. Default: no limit.
   */
  readonly limit?: number;
  /** Longest time of one attempt: `'90s'`, `'2h'`, or milliseconds. Default: `'1h'`. */
  readonly timeout?: string | number;
  /** Silence after which an attempt counts as lost. Default: `'10s'`. The worker beats by itself. */
  readonly heartbeat?: string | number;
  /** Failures of the step's own code. Default: 3 attempts, 1 s pause, factor 2. */
  readonly retry?: Partial<RetryPlan>;
}

export interface NodeOptions extends StepOptions, ControlOptions {}

/**
 * Any zod schema. Checking an inferred schema against `z.ZodType` would compare all its methods: a quarter of what the
 * type check of a step costs.
 */
export type Schema = z.core.SomeType;

export interface StepDeclaration<I extends Schema, O extends Schema> extends StepOptions {
  /** Schema of the input. */
  readonly input: I;
  /** Schema of the output. */
  readonly output: O;
  /**
   * What the output depends on beside code and input, of the machine that the step runs on, as `native` or `wasm`: an
   * output is only reused where it is the same. Asked before the function runs, so it must be quick. Default: nothing.
   */
  readonly environment?: () => string | Promise<string>;
}

export type StepFunction<I extends Schema, O extends Schema> = (
  input: z.output<I>,
  ctx: StepContext,
) => z.output<O> | Promise<z.output<O>>;

/** What every step has, whatever it takes and gives. */
export interface AnyStep {
  readonly stepName: string;
  readonly declaration: StepDeclaration<z.ZodType, z.ZodType>;
  readonly fn: StepFunction<z.ZodType, z.ZodType>;
}

declare const schemasOfStep: unique symbol;

export interface StepParts<I extends Schema, O extends Schema> extends AnyStep {
  /** Never there: lets TypeScript find out the schemas of a step that it is given. */
  readonly [schemasOfStep]?: { readonly input: I; readonly output: O };
  /**
   * Calls the function itself, with the input and output checked: for tests. A step that uses its context needs one
   * (see `testContext` in `pawl/testing`).
   */
  run(input: z.input<I>, ctx?: StepContext): Promise<z.output<O>>;
}

/** A step in a pipeline: called with refs or values, it adds a node and returns the ref to its output. */
export interface Step<I extends Schema, O extends Schema> extends StepParts<I, O> {
  (input: Wire<z.input<I>>, options?: NodeOptions): Ref<EdgeOf<O>>;
}

/**
 * Declares a step.
 *
 * @example
 * const nextMonth = step('next-month', { input: z.object({ month: z.string() }), output: z.object({ value: z.string() }), light: true },
 *   ({ month }) => ({ value: monthAfter(month) }));
 */
export function step<I extends Schema, O extends Schema>(
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
  return <I extends Schema, O extends Schema>(
    name: string,
    declaration: StepDeclaration<I, O>,
    fn: StepFunction<I, O>,
  ): Signature & StepParts<I, O> => makeStep(name, declaration, fn) as unknown as Signature & StepParts<I, O>;
}

function makeStep<I extends Schema, O extends Schema>(
  name: string,
  declaration: StepDeclaration<I, O>,
  fn: StepFunction<I, O>,
): StepParts<I, O> {
  if (!/^[a-z][a-zA-Z0-9-]*$/.test(name)) {
    throw misuse(`"${name}" cannot name a step`, 'Use letters, digits and dashes, beginning with a lower-case letter.');
  }
  const call = (input: unknown, options: NodeOptions = {}): Ref<unknown> => addStepNode(parts, input, options);
  // Every schema is a ZodType; see Schema.
  const declared = declaration as unknown as StepDeclaration<z.ZodType, z.ZodType>;
  const parts: StepParts<I, O> = Object.assign(call, {
    stepName: name,
    declaration: declared,
    fn: fn as unknown as AnyStep['fn'],
    run: async (input: z.input<I>, ctx?: StepContext) => {
      const parsed = declared.input.parse(input) as z.output<I>;
      const output = await fn(parsed, ctx ?? missingContext(name));
      return declared.output.parse(declared.output.encode(output)) as z.output<O>;
    },
  });
  return parts;
}

function addStepNode(step: AnyStep, input: unknown, options: NodeOptions): Ref<unknown> {
  const { tracer, head } = claimNode(step.stepName, options);
  const known = tracer.steps.get(step.stepName);
  if (known !== undefined && known !== step) {
    tracer.report(misuse(`two different steps are called "${step.stepName}"`, 'Rename one of them.', 'duplicate-step'));
  }
  tracer.steps.set(step.stepName, step);
  tracer.add({
    kind: 'step',
    ...head,
    step: step.stepName,
    fingerprint: provisionalFingerprint(step.stepName),
    input: tracer.bind(input),
    options: resolveOptions(tracer, step.stepName, [tracer.defaults, step.declaration, options]),
  });
  return outputRef(head.id);
}

/** What is set later counts: the pipeline's defaults, then the step's declaration, then the node's options. */
function resolveOptions(
  tracer: Tracer,
  name: string,
  layers: readonly (StepOptions | StepDefaults)[],
): StepNodeOptions {
  const options: StepOptions = Object.assign({}, ...layers.map(withoutUndefined));
  const retry = Object.assign({ attempts: 3, backoffMs: 1000, factor: 2 }, ...layers.map((layer) => layer.retry));
  const { gpu } = options.resources ?? {};
  const check = (option: string, value: number | undefined, max: number) =>
    tracer.attempt(() => checkNumber(`step "${name}"`, option, value, max), undefined);
  check('priority', options.priority, 5);
  check('resources.gpu', gpu, 64);
  check('limit', options.limit, MOST_AT_A_TIME);
  if (options.light && options.limit !== undefined) tracer.report(lightLimit(name));
  check('retry.attempts', retry.attempts, 1_000_000);
  return {
    light: options.light ?? false,
    queue: options.queue ?? (gpu ? 'gpu' : 'default'),
    timeoutMs: tracer.attempt(() => durationMs(options.timeout ?? '1h'), 1),
    heartbeatMs: tracer.attempt(() => durationMs(options.heartbeat ?? '10s'), 1),
    retry,
    ...(gpu ? { gpu } : {}),
    ...(options.priority !== undefined ? { priority: options.priority } : {}),
    ...(options.cache !== undefined && options.cache !== 'off' ? { cache: options.cache } : {}),
    ...(options.limit !== undefined && !options.light ? { limit: options.limit } : {}),
  };
}

/** Each place is looked at when somebody wants one. */
const MOST_AT_A_TIME = 10_000;

const lightLimit = (name: string) =>
  misuse(
    `step "${name}" is light and has a limit`,
    'A light step runs beside its workflow, and nobody counts it: remove `light` or `limit`.',
  );

function withoutUndefined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function checkNumber(of: string, option: string, value: number | undefined, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= max)) return;
  throw misuse(`${of} has ${option} ${value}`, `Give a whole number from 1 to ${max}.`);
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
