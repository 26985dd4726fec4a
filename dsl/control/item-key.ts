import type { Path } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';

/** Says where in an item its key is. */
export type ItemKey<Item> = (item: Ref<Item>) => Ref<string> | Ref<number>;

/** The path from an item to its key. @throws Misuse for anything but a property of the item. */
export function keyPath(id: string, key: unknown): Path {
  const binding = bindingOf(key) as { $item?: string; path?: Path } | undefined;
  if (binding?.$item !== id || !binding.path) {
    throw misuse(`the key of "${id}" is not a property of its item`, 'Write key: (item) => item.id.');
  }
  return binding.path;
}
