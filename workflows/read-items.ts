import { isDeferred, type Quoted, valueAt } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { MapNode, ReduceNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { callRead } from './calls.js';
import { valueToDecide, whenThere } from './decide.js';
import type { Frame } from './frame.js';
import { unquoteInline } from './inline-value.js';
import type { Run } from './run.js';
import { tryUntilDone } from './try-until-done.js';

export interface KeyedItem {
  readonly key: string;
  readonly item: Quoted;
}

/** What a `map` or `reduce` runs over, each item with the key that names its nodes. */
export function readItems(
  node: MapNode | ReduceNode,
  id: string,
  frame: Frame,
  run: Run,
): readonly KeyedItem[] | Promise<readonly KeyedItem[]> {
  return whenThere(valueToDecide(node.over, id, frame, run), (list) => {
    if (!Array.isArray(list)) throw run.faults.refuse(notList(id, node, list));
    return whenThere(keysOf(node, id, list, run), (keys) => {
      const problem = problemOf(keys);
      if (problem !== null) throw run.faults.refuse(badKey(id, node, problem));
      return list.map((item, index) => ({ key: String(keys[index]), item }));
    });
  });
}

/** An item that is not in the history has its key there neither. */
function keysOf(
  node: MapNode | ReduceNode,
  id: string,
  items: readonly Quoted[],
  run: Run,
): readonly Json[] | Promise<readonly Json[]> {
  const keys = items.map((item) => valueAt(item, node.key ?? []));
  const read = keys.some(isDeferred) ? tryUntilDone(id, run, () => callRead(keys)) : keys;
  return whenThere<Quoted, readonly Json[]>(read, (all) => (all as readonly Quoted[]).map(unquoteInline));
}

/** Keys name the items' nodes, so they must be short and different. */
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

const MAX_KEY = 200;
/** A NUL, or half of a character. */
const UNNAMEABLE = /\0|\p{Surrogate}/u;

function notList(id: string, { kind }: MapNode | ReduceNode, value: Quoted): Fault {
  const shown = JSON.stringify(value).slice(0, 100);
  const message = `${kind} "${id}": what it runs over is not a list: ${shown}`;
  return { node: id, type: FailureType.InvalidValue, message, hint: 'Check the output schema of the step before it.' };
}

function badKey(id: string, { kind }: MapNode | ReduceNode, problem: string): Fault {
  const hint = `Give each item a key of its own, as { key: (item) => item.id } in the options of ${kind}.`;
  return { node: id, type: FailureType.InvalidValue, message: `${kind} "${id}": ${problem}`, hint };
}
