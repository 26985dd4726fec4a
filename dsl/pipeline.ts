import type { z } from 'zod';
import { durationMs } from './duration.js';
import { misuse } from './misuse.js';
import type { Ref } from './ref.js';
import { type Trace, type TraceOptions, trace } from './trace.js';

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
  /** How long a run that met a fault waits for an operator before it fails. Default: `'7d'`. */
  readonly hold?: string | number;
}

const pipelineMark = Symbol.for('pawl.pipeline');

/** A declared pipeline; what the default export of a pipeline file must be. */
export interface Pipeline<P extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly params: P;
  readonly schedule: ScheduleOptions<z.input<P>> | undefined;
  readonly holdMs: number;
  /** Draws the graph. */
  trace(options?: TraceOptions): Trace;
}

/**
 * Declares a pipeline. The function is traced, not executed: it runs once, when the pipeline is compiled, with refs in
 * place of values.
 * @throws PawlError `InvalidPlan` when the name cannot be a workflow type.
 */
export function pipeline<P extends z.ZodObject>(
  name: string,
  options: PipelineOptions<P>,
  build: (params: Ref<z.output<P>>) => unknown,
): Pipeline<P> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw misuse(
      `"${name}" cannot name a pipeline`,
      'Use lower-case letters, digits and dashes, beginning with a letter.',
    );
  }
  const declared = {
    name,
    params: options.params,
    schedule: options.schedule,
    holdMs: durationMs(options.hold ?? '7d'),
    trace: (how?: TraceOptions) => trace(build as (params: Ref<unknown>) => unknown, how),
  };
  Object.defineProperty(declared, pipelineMark, { value: true });
  return Object.freeze(declared);
}

export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && pipelineMark in value;
}
