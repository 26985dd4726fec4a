import type { Path } from '../plan/binding.js';
import type { Block } from '../plan/plan.js';
import { misuse } from './misuse.js';
import { bindingOf, makeRef, type Ref, type ValueOf } from './ref.js';
import { currentTracer, outputRef } from './trace.js';

export interface ControlOptions {
  /** Id of the node. Default: `when`, `map` or `reject`; a second one in the same scope needs an id. */
  readonly id?: string;
}

/** The value a block's result will have. */
export type ResultOf<R> =
  R extends Ref<infer T>
    ? T
    : R extends undefined | void
      ? null
      : R extends object
        ? { [K in keyof R]: ResultOf<R[K]> }
        : R;

/**
 * Goes one of two ways, decided when the run gets there. Its value is the result of the way taken, `null` for a way that
 * is not given. The ids of the nodes inside begin with `ID.then/` and `ID.else/`.
 */
export function when<Then, Else = null>(
  condition: Ref<boolean>,
  then: () => Then,
  otherwise?: () => Else,
  options: ControlOptions = {},
): Ref<ResultOf<Then> | ResultOf<Else>> {
  const tracer = currentTracer('when');
  const id = tracer.claimId(options.id ?? 'when');
  const empty: Block = { nodes: [], result: null };
  tracer.add({
    kind: 'when',
    id,
    if: refBinding(condition, 'when', 'condition'),
    then: tracer.block(`${id}.then/`, then),
    else: otherwise ? tracer.block(`${id}.else/`, otherwise) : empty,
  });
  return outputRef(id);
}

export interface MapOptions<Item> extends ControlOptions {
  /** Names each item, so that node ids do not depend on its position. Needed unless items are strings or numbers. */
  readonly key?: (item: Ref<Item>) => Ref<string> | Ref<number>;
  /** Most items at work at a time. Default: 16. */
  readonly concurrency?: number;
}

/** Runs a block for each item of a list. Its value is the list of the results, in the items' order. */
export function map<Item, Result>(
  list: Ref<readonly Item[]> | Ref<Item[]>,
  body: (item: Ref<Item>) => Result,
  options: MapOptions<Item> = {},
): Ref<ResultOf<Result>[]> {
  const tracer = currentTracer('map');
  const id = tracer.claimId(options.id ?? 'map');
  const item = makeRef<Item>((path) => ({ $item: id, path }));
  const concurrency = options.concurrency ?? 16;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw misuse(`map "${id}" has concurrency ${concurrency}`, 'Give a whole number from 1.');
  tracer.add({
    kind: 'map',
    id,
    over: refBinding(list, 'map', 'list'),
    key: options.key ? keyPath(id, options.key(item)) : null,
    concurrency,
    body: tracer.block(`${id}/`, () => body(item)),
  });
  return outputRef(id);
}

/** Ends the run with the outcome `rejected`: a bad result (a model below its gate), not a fault. The value says why. */
export function reject(value: Ref<unknown>, options: ControlOptions = {}): Ref<never> {
  const tracer = currentTracer('reject');
  const id = tracer.claimId(options.id ?? 'reject');
  tracer.add({ kind: 'reject', id, with: tracer.bind(value) });
  return outputRef(id);
}

function refBinding(value: unknown, control: string, what: string) {
  const binding = bindingOf(value);
  if (binding === undefined) {
    throw misuse(
      `the ${what} of ${control} is not a ref`,
      'A value known now needs no control node: use plain TypeScript.',
    );
  }
  return binding;
}

function keyPath(id: string, key: unknown): Path {
  const binding = bindingOf(key) as { $item?: string; path?: Path } | undefined;
  if (binding?.$item !== id || !binding.path) {
    throw misuse(`the key of map "${id}" is not a property of its item`, 'Write key: (item) => item.id.');
  }
  return binding.path;
}

export type { ValueOf };
