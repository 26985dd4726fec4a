import { makeRef, type Ref, type Wire } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { currentTracer } from '../trace.js';
import { refBinding } from './result-of.js';

/**
 * A value, or another one where it is `null` or absent. It adds no node: both must be there before either is used. For
 * work that is only to be done when the value is missing, use `present`.
 */
export function orElse<T>(value: RefCore<T> | undefined, fallback: NoInfer<Wire<NonNullable<T>>>): Ref<NonNullable<T>> {
  const tracer = currentTracer('orElse');
  const first = refBinding(value, 'orElse', 'value');
  const second = tracer.bind(fallback);
  return makeRef((path) => ({ $orElse: [first, second], path }));
}
