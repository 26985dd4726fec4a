import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';

/** The value a block's result will have. */
export type ResultOf<R> =
  R extends Ref<infer T>
    ? T
    : R extends undefined | void
      ? null
      : R extends object
        ? { [K in keyof R]: ResultOf<R[K]> }
        : R;

/** The binding of what a control node decides by. @throws Misuse for anything but a ref. */
export function refBinding(value: unknown, control: string, what: string) {
  const binding = bindingOf(value);
  if (binding === undefined) {
    throw misuse(
      `the ${what} of ${control} is not a ref`,
      'A value known now needs no control node: use plain TypeScript.',
    );
  }
  return binding;
}
