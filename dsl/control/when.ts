import type { Block } from '../../plan/plan.js';
import type { Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';
import { type ResultOf, refBinding } from './result-of.js';

/** A way that does nothing. */
export const EMPTY_BLOCK: Block = { nodes: [], result: null };

/**
 * Goes one of two ways, decided when the run gets there. Its value is the result of the way taken, `null` for a way that
 * is not given. The ids of the nodes inside begin with `ID.then/` and `ID.else/`.
 */
export function when<Then, Else = null>(
  condition: RefCore<boolean>,
  then: () => Then,
  otherwise?: () => Else,
  options: ControlOptions = {},
): Ref<ResultOf<Then> | ResultOf<Else>> {
  const { tracer, head } = claimNode('when', options);
  tracer.add({
    kind: 'when',
    ...head,
    if: refBinding(condition, 'when', 'condition'),
    then: tracer.block(`${head.id}.then/`, then),
    else: otherwise ? tracer.block(`${head.id}.else/`, otherwise) : EMPTY_BLOCK,
  });
  return outputRef(head.id);
}
