import type { Path } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';

/** Says where in an item its key is. */
export type ItemKey<Item> = (item: Ref<Item>) => RefCore<string | number>;

/**
 * The last argument of `map` and `reduce`: it may be left out only if the items are their own keys. Of a list that is
 * none, the items are unknown, and the list is the mistake.
 */
export type KeyedOptions<Item, Options> = unknown extends Item
  ? [options?: Options]
  : [Item] extends [string | number]
    ? [options?: Options]
    : [optionsWithKey: Options & NeedsKey<Item>];

export interface NeedsKey<Item> {
  /** Names each item, so that node ids do not depend on its position: `(item) => item.id`. */
  readonly key: ItemKey<Item>;
}

/** The path from an item to its key. @throws Misuse for anything but a property of the item. */
export function keyPath(id: string, key: unknown): Path {
  const binding = bindingOf(key) as { $item?: string; path?: Path } | undefined;
  if (binding?.$item !== id || !binding.path) {
    throw misuse(`the key of "${id}" is not a property of its item`, 'Write key: (item) => item.id.');
  }
  return binding.path;
}
