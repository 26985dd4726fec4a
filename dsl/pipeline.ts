import type { z } from 'zod';
import { type ControlOptions, claimNode } from './control/node-options.js';
import type { ResultOf } from './control/result-of.js';
import { durationMs } from './duration.js';
import type { EdgeOf } from './edge.js';
import { misuse } from './misuse.js';
import type { Ref, Wire } from './ref.js';
import { itemRef, outputRef, refuseAsync, type StepDefaults, type Trace, type TraceOptions, trace } from './trace.js';

export interface ScheduleOptions<P> {
  /** Five cron fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA time zone. Default: `UTC`. */
  readonly timeZone?: string;
  /** Params of the run for a firing time. Runs in a worker when the run begins. Default: the params' own defaults. */
  readonly params?: (at: Date) => P;
}

export interface PipelineOptions<P extends z.ZodType> {
  /** Schema of the params, a `z.object`. */
  readonly params: P;
  readonly schedule?: ScheduleOptions<z.input<P>>;
  /**
   * How long a run that met a fault waits for an operator before it fails. Default: `'7d'`, or half of the shortest time
   * between two firings of its schedule where that is less: no firing begins while the run before is open.
   */
  readonly hold?: string | number;
  /** Options of all its steps that say nothing else themselves, in their declaration or at their node. */
  readonly defaults?: StepDefaults;
}

const pipelineMark = Symbol.for('pawl.pipeline');

/** What the compiler and the workers see of a pipeline. */
export interface PipelineParts<P extends z.ZodType = z.ZodType> {
  /** The pipeline's name. */
  readonly name: string;
  readonly params: P;
  readonly schedule: ScheduleOptions<z.input<P>> | undefined;
  /** Null: it does not say. */
  readonly holdMs: number | null;
  /** Draws the graph. */
  trace(options?: TraceOptions): Trace;
}

/**
 * A declared pipeline; what the default export of a pipeline file must be. Called in another pipeline, it adds its
 * nodes there, in a scope of their own, and returns the ref to its result.
 */
export interface Pipeline<P extends z.ZodType = z.ZodType, R = unknown> extends PipelineParts<P> {
  /** Adds this pipeline's nodes to the one that is being drawn; their ids begin with `ID/`. */
  (params: Wire<z.input<P>>, options?: ControlOptions): Ref<R>;
}

/**
 * Declares a pipeline. The function is traced, not executed: it runs once, when the pipeline is compiled, with refs in
 * place of values.
 * @throws Misuse when the name cannot be a workflow type.
 */
export function pipeline<P extends z.ZodObject, R>(
  name: string,
  options: PipelineOptions<P>,
  build: (params: Ref<EdgeOf<P>>) => R,
): Pipeline<P, ResultOf<R>> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw misuse(
      `"${name}" cannot name a pipeline`,
      'Use lower-case letters, digits and dashes, beginning with a letter.',
    );
  }
  const draw = build as (params: Ref<unknown>) => unknown;
  const { params, schedule, defaults } = options;
  const parts: Omit<PipelineParts<P>, 'name'> = {
    params,
    schedule,
    holdMs: options.hold === undefined ? null : durationMs(options.hold),
    trace: (how) => trace(draw, { ...how, name, defaults }),
  };
  const call = (input: unknown, how: ControlOptions = {}) => callPipeline({ name, params, defaults, draw }, input, how);
  // A function's name can only be defined, not assigned.
  Object.defineProperty(call, 'name', { value: name });
  Object.defineProperty(call, pipelineMark, { value: true });
  declarations.set(call, new Error('declared here'));
  return Object.freeze(Object.assign(call, parts)) as unknown as Pipeline<P, ResultOf<R>>;
}

const declarations = new WeakMap<object, Error>();

/** The stack of the call that declared a pipeline. Its text is only made when somebody asks. */
export function declarationStack(pipeline: PipelineParts): string {
  return declarations.get(pipeline)?.stack ?? '';
}

export function isPipeline(value: unknown): value is PipelineParts {
  return (typeof value === 'function' || typeof value === 'object') && value !== null && pipelineMark in value;
}

interface InnerPipeline {
  readonly name: string;
  readonly params: z.ZodType;
  readonly defaults: StepDefaults | undefined;
  readonly draw: (params: Ref<unknown>) => unknown;
}

function callPipeline(inner: InnerPipeline, input: unknown, options: ControlOptions): Ref<unknown> {
  const { tracer, head } = claimNode(inner.name, options);
  if (tracer.pipelines.includes(inner.name)) {
    throw misuse(
      `the pipeline "${inner.name}" calls itself`,
      'A graph has an end: use map or reduce for repetition.',
      'recursive-pipeline',
    );
  }
  const params = tracer.bind(input);
  const around = tracer.defaults;
  tracer.pipelines.push(inner.name);
  tracer.defaults = inner.defaults ?? {};
  tracer.schemas.set(`pipeline/${inner.name}`, inner.params);
  try {
    const body = tracer.block(`${head.id}/`, () => refuseAsync(inner.draw(itemRef(head.id))), 'pipeline');
    tracer.add({ kind: 'pipeline', ...head, pipeline: inner.name, params, body });
  } finally {
    tracer.pipelines.pop();
    tracer.defaults = around;
  }
  return outputRef(head.id);
}
