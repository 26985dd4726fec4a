import { type Quoted, valueAt } from '../../plan/binding.js';
import type { MapNode, ReduceNode } from '../../plan/plan.js';
import { unquoteInline } from '../../workflows/inline-value.js';

export interface KeyedItem {
  readonly key: string;
  readonly item: Quoted;
}

const MAX_KEY = 200;
/** A NUL, or half of a character. */
const UNNAMEABLE = /\0|\p{Surrogate}/u;

/** The items that a `map` or `reduce` runs over, with the keys that name their nodes; or what is wrong with them. */
export function keyedItems(
  { kind, key: path }: MapNode | ReduceNode,
  id: string,
  list: Quoted,
): readonly KeyedItem[] | { readonly problem: string; readonly hint: string } {
  if (!Array.isArray(list)) {
    const shown = JSON.stringify(list).slice(0, 100);
    const problem = `${kind} "${id}": what it runs over is not a list: ${shown}`;
    return { problem, hint: 'Check the output schema of the step before it.' };
  }
  const keys = list.map((item: Quoted) => unquoteInline(valueAt(item, path ?? [])));
  const problem = problemOf(keys);
  if (problem === null) return list.map((item: Quoted, index) => ({ key: String(keys[index]), item }));
  const hint = `Give each item a key of its own, as { key: (item) => item.id } in the options of ${kind}.`;
  return { problem: `${kind} "${id}": ${problem}`, hint };
}

function problemOf(keys: readonly Quoted[]): string | null {
  const seen = new Set<string>();
  for (const key of keys) {
    if (typeof key !== 'string' && typeof key !== 'number')
      return `an item has no key: ${JSON.stringify(key).slice(0, 100)}`;
    const text = String(key);
    if (text === '') return 'an item has an empty key';
    if (text.length > MAX_KEY) return `the key "${text.slice(0, 50)}…" has ${text.length} characters, over ${MAX_KEY}`;
    if (UNNAMEABLE.test(text))
      return `the key ${JSON.stringify(text).slice(0, 50)} has a character that no database keeps`;
    if (seen.has(text)) return `two items have the key "${text}"`;
    seen.add(text);
  }
  return null;
}
