import type { z } from 'zod';
import { durationMs } from '../duration.js';
import type { EdgeOf } from '../edge.js';
import { jsonSchemaOf } from '../json-schema.js';
import type { Ref } from '../ref.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';

export interface WaitForOptions extends Omit<ControlOptions, 'id'> {
  /** After so long the value is `null`: `'6h'`, or milliseconds. Default: wait for ever. */
  readonly timeout?: string | number;
}

/**
 * Waits for an event from outside: `pawl send RUN NAME --value JSON`, or the Update `send` in the Temporal UI. An event
 * that comes early is kept. Its value is what the event carries, checked when it is sent.
 *
 * @param name what the event is sent to; also the node's id
 * @example
 * const labels = waitFor('labels-ready', z.object({ file: z.string() }));
 */
export function waitFor<Event extends z.ZodType>(
  name: string,
  event: Event,
  options: WaitForOptions & { readonly timeout: string | number },
): Ref<EdgeOf<Event> | null>;
export function waitFor<Event extends z.ZodType>(
  name: string,
  event: Event,
  options?: WaitForOptions & { readonly timeout?: undefined },
): Ref<EdgeOf<Event>>;
export function waitFor(name: string, event: z.ZodType, options: WaitForOptions = {}): Ref<unknown> {
  const { tracer, head } = claimNode('waitFor', { ...options, id: name });
  const { timeout } = options;
  tracer.schemas.set(`node/${head.id}`, event);
  tracer.add({
    kind: 'wait',
    ...head,
    schema: jsonSchemaOf(event),
    timeoutMs: timeout === undefined ? null : tracer.attempt(() => durationMs(timeout), null),
  });
  return outputRef(head.id);
}
