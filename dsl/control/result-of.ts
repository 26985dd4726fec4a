import type { Binding } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';
import { currentTracer } from '../trace.js';

/** The value a block's result will have. */
export type ResultOf<R> =
  R extends Ref<infer T>
    ? T
    : R extends undefined | void
      ? null
      : R extends object
        ? { [K in keyof R]: ResultOf<R[K]> }
        : R;

/** The binding of what a control node decides by. Anything but a ref is reported. */
export function refBinding(value: unknown, control: string, what: string): Binding {
  const binding = bindingOf(value);
  if (binding !== undefined) return binding;
  const hint = 'A value known now needs no control node: use plain TypeScript.';
  currentTracer(control).report(misuse(`the ${what} of ${control} is not a ref`, hint));
  return null;
}
