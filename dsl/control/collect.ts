import { partOfBinding } from '../../plan/binding.js';
import { bindingOf, makeRef, type Ref } from '../ref.js';
import { currentTracer } from '../trace.js';
import type { ResultOf } from './result-of.js';

/**
 * One ref to several: what a loop of the author's has gathered, as one value to pass on, to map over or to return. It
 * adds no node.
 */
export function collect<T extends object>(parts: T): Ref<ResultOf<T>> {
  const known = bindingOf(parts);
  const bound = known ?? currentTracer('collect').bind(parts);
  return makeRef((path) => partOfBinding(bound, path));
}
