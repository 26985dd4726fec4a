import type { Path } from '../../plan/binding.js';
import { makeRef, type Ref, type Wire } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { outputRef } from '../trace.js';
import { type ItemKey, type KeyedOptions, keyPath } from './item-key.js';
import { type ControlOptions, claimNode } from './node-options.js';
import { refBinding } from './result-of.js';

export interface ReduceOptions<Item> extends ControlOptions {
  /** Names each item, so that node ids do not depend on its position. Needed unless items are strings or numbers. */
  readonly key?: ItemKey<Item>;
}

/**
 * Runs a block for each item of a list, one after the other, each with what the one before it returned. Its value is
 * what the last one returned, `initial` for an empty list. The ids of the nodes inside begin with `ID[KEY]/`.
 *
 * For a sum or a count that needs no nodes of its own, pass the list to a step.
 *
 * @example
 * const model = reduce(months, first, (model, month) => fineTune({ model, data: load({ month }) }));
 */
export function reduce<Item, T>(
  list: RefCore<readonly Item[]>,
  initial: Wire<T>,
  body: (value: Ref<T>, item: Ref<Item>) => NoInfer<Wire<T>>,
  ...[options = {}]: KeyedOptions<Item, ReduceOptions<Item>>
): Ref<T> {
  const { tracer, head } = claimNode('reduce', options);
  const part = <P>(name: string): Ref<P> =>
    makeRef((path: Path) => ({ $item: head.id, path: name === '' ? path : [name, ...path] }));
  const key = options.key ? tracer.attempt(() => keyPath(head.id, options.key?.(part<Item>(''))), null) : null;
  tracer.add({
    kind: 'reduce',
    ...head,
    over: refBinding(list, 'reduce', 'list'),
    key,
    initial: tracer.bind(initial),
    body: tracer.block(`${head.id}/`, () => body(part<T>('value'), part<Item>('item')), 'items'),
  });
  return outputRef(head.id);
}
