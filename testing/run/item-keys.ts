import { type Quoted, valueAt } from '../../plan/binding.js';
import { type KeyedItem, keyProblem } from '../../plan/items.js';
import type { MapNode, ReduceNode } from '../../plan/plan.js';
import { unquoteInline } from '../../workflows/inline-value.js';

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
  const problem = keyProblem(keys);
  if (problem === null) return list.map((item: Quoted, index) => ({ key: String(keys[index]), item }));
  const hint = `Give each item a key of its own, as { key: (item) => item.id } in the options of ${kind}.`;
  return { problem: `${kind} "${id}": ${problem}`, hint };
}
