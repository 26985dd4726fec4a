import type { Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { outputRef } from '../trace.js';

import { type ControlOptions, claimNode } from './node-options.js';
import { type ResultOf, refBinding } from './result-of.js';
import { EMPTY_BLOCK } from './when.js';

/**
 * Goes one way with a value that is there, and the other when it is `null` or absent. Its value is the result of the way
 * taken. The ids of the nodes inside begin with `ID.then/` and `ID.else/`.
 *
 * @example
 * const start = present(champion('delays'), (best) => warmStart({ from: best.model }), () => coldStart({}));
 */
export function present<T, Then, Else = null>(
  value: RefCore<T> | undefined,
  then: (value: Ref<NonNullable<T>>) => Then,
  otherwise?: () => Else,
  options: ControlOptions = {},
): Ref<ResultOf<Then> | ResultOf<Else>> {
  const { tracer, head } = claimNode('present', options);
  const there = value as unknown as Ref<NonNullable<T>>;
  tracer.add({
    kind: 'present',
    ...head,
    value: refBinding(value, 'present', 'value'),
    then: tracer.block(`${head.id}.then/`, () => then(there)),
    else: otherwise ? tracer.block(`${head.id}.else/`, otherwise) : EMPTY_BLOCK,
  });
  return outputRef(head.id);
}
