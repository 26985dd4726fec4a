import type { Path } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';
import type { Ref as RefCore } from '../ref-core.js';

/** Says where in an item its key is. */
export type ItemKey<Item> = (item: Ref<Item>) => RefCore<string | number>;

/** The last argument of `map` and `reduce`: it may be left out only if the items are their own keys. */
export type KeyedOptions<Item, Options> = [Item] extends [string | number]
  ? [options?: Options]
  : [optionsWithKey: Options & { readonly key: ItemKey<Item> }];

/** The path from an item to its key. @throws Misuse for anything but a property of the item. */
export function keyPath(id: string, key: unknown): Path {
  const binding = bindingOf(key) as { $item?: string; path?: Path } | undefined;
  if (binding?.$item !== id || !binding.path) {
    throw misuse(`the key of "${id}" is not a property of its item`, 'Write key: (item) => item.id.');
  }
  return binding.path;
}
