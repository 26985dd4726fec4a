import { durationMs } from '../duration.js';
import { bindingOf, type Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';

/**
 * Waits, without a worker: a run that sleeps survives everything. What comes later says so with `after`.
 *
 * @param time `'10m'`, a number of milliseconds, or a ref to an ISO 8601 time with its zone to wait for
 * @example
 * const pause = sleep('1h', { after: deployed });
 * const check = compare({ model }, { after: pause });
 */
export function sleep(time: string | number | RefCore<string>, options: ControlOptions = {}): Ref<null> {
  const { tracer, head } = claimNode('sleep', options);
  const until = bindingOf(time) ?? tracer.attempt(() => durationMs(time as string | number), 1);
  tracer.add({ kind: 'sleep', ...head, until });
  return outputRef(head.id);
}
