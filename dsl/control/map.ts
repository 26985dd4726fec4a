import type { MinSuccess } from '../../plan/plan.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import { itemRef, outputRef } from '../trace.js';
import { type ItemKey, keyPath } from './item-key.js';
import { type ControlOptions, claimNode } from './node-options.js';
import { type ResultOf, refBinding } from './result-of.js';

export interface MapOptions<Item> extends ControlOptions {
  /** Names each item, so that node ids do not depend on its position. Needed unless items are strings or numbers. */
  readonly key?: ItemKey<Item>;
  /** Most items at work at a time. Default: 16. */
  readonly concurrency?: number;
  /**
   * How many items must succeed: a number, or a share as `'90%'`. An item that fails beyond its retries then leaves a
   * `null` in the list; only what is needed holds the run. Default: all.
   */
  readonly minSuccess?: number | `${number}%`;
}

/**
 * Runs a block for each item of a list that the run will have. Its value is the list of the results, in the items'
 * order. The ids of the nodes inside begin with `ID[KEY]/`.
 */
export function map<Item, Result>(
  list: Ref<readonly Item[]> | Ref<Item[]>,
  body: (item: Ref<Item>) => Result,
  options: MapOptions<Item> & { readonly minSuccess: number | `${number}%` },
): Ref<(ResultOf<Result> | null)[]>;
export function map<Item, Result>(
  list: Ref<readonly Item[]> | Ref<Item[]>,
  body: (item: Ref<Item>) => Result,
  options?: MapOptions<Item> & { readonly minSuccess?: undefined },
): Ref<ResultOf<Result>[]>;
export function map(
  list: Ref<unknown[]> | Ref<readonly unknown[]>,
  body: (item: Ref<never>) => unknown,
  options: MapOptions<never> = {},
): Ref<never[]> {
  const { tracer, head } = claimNode('map', options);
  const item = itemRef<never>(head.id);
  const concurrency = options.concurrency ?? 16;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw misuse(`map "${head.id}" has concurrency ${concurrency}`, 'Give a whole number from 1.');
  const minSuccess = minSuccessOf(head.id, options.minSuccess);
  tracer.add({
    kind: 'map',
    ...head,
    over: refBinding(list, 'map', 'list'),
    key: options.key ? keyPath(head.id, options.key(item)) : null,
    concurrency,
    ...(minSuccess ? { minSuccess } : {}),
    body: tracer.block(`${head.id}/`, () => body(item), 'items'),
  });
  return outputRef(head.id);
}

function minSuccessOf(id: string, given: number | string | undefined): MinSuccess | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0) return { items: given };
  const percent = typeof given === 'string' && /^\d+(\.\d+)?%$/.test(given) ? Number(given.slice(0, -1)) : Number.NaN;
  if (percent <= 100) return { share: percent / 100 };
  throw misuse(`map "${id}" has minSuccess ${given}`, "Give a number of items, or a share as '90%'.");
}
