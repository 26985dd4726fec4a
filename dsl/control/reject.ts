import type { Ref } from '../ref.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';

/**
 * Ends the run with the outcome `rejected`: a bad result (a model below its gate), not a fault.
 *
 * @param value says why: a ref, a value, or a structure of both
 */
export function reject(value: unknown, options: ControlOptions = {}): Ref<never> {
  const { tracer, head } = claimNode('reject', options);
  tracer.add({ kind: 'reject', ...head, with: tracer.bind(value) });
  return outputRef(head.id);
}
