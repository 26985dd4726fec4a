import type { MinSuccess } from '../../plan/plan.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';
import { itemRef, outputRef } from '../trace.js';
import { type ItemKey, type KeyedOptions, keyPath } from './item-key.js';
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

/** The results of a map: with `minSuccess` there may be gaps. */
type Mapped<Result, Options> = Options extends { readonly minSuccess: number | string }
  ? (ResultOf<Result> | null)[]
  : ResultOf<Result>[];

/**
 * Runs a block for each item of a list that the run will have. Its value is the list of the results, in the items'
 * order. The ids of the nodes inside begin with `ID[KEY]/`.
 *
 * @example
 * map(tables, (table) => profile({ table }), { key: (table) => table.name, concurrency: 8 });
 */
export function map<Item, Result, Options extends MapOptions<Item> = MapOptions<Item>>(
  list: RefCore<readonly Item[]>,
  body: (item: Ref<Item>) => Result,
  ...options: KeyedOptions<Item, Options & MapOptions<Item>>
): Ref<Mapped<Result, Options>> {
  const [given = {} as Options] = options;
  const { tracer, head } = claimNode('map', given);
  const item = itemRef<Item>(head.id);
  const { key, concurrency = 16 } = given;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    tracer.report(misuse(`map "${head.id}" has concurrency ${concurrency}`, 'Give a whole number from 1.'));
  const minSuccess = tracer.attempt(() => minSuccessOf(head.id, given.minSuccess), undefined);
  tracer.add({
    kind: 'map',
    ...head,
    over: refBinding(list, 'map', 'list'),
    key: key ? tracer.attempt(() => keyPath(head.id, key(item)), null) : null,
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
