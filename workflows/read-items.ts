import { isDeferred, type Quoted, valueAt } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import { type KeyedItem, keyProblem } from '../plan/items.js';
import type { Json } from '../plan/json.js';
import type { MapNode, ReduceNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { callRead } from './calls.js';
import { valueToDecide, whenThere } from './decide.js';
import type { Frame } from './frame.js';
import { unquoteInline } from './inline-value.js';
import type { Run } from './run.js';
import { tryUntilDone } from './try-until-done.js';

/** What a `map` or `reduce` runs over, each item with the key that names its nodes. */
export function readItems(
  node: MapNode | ReduceNode,
  id: string,
  frame: Frame,
  run: Run,
): readonly KeyedItem[] | Promise<readonly KeyedItem[]> {
  return whenThere(valueToDecide(node.over, id, frame, run), (list) => {
    if (!Array.isArray(list)) throw run.faults.refuse(notList(id, node, JSON.stringify(list)));
    return whenThere(keysOf(node, id, list, run), (keys) => {
      const problem = keyProblem(keys);
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

/** @param value JSON text of what there is instead. */
export function notList(id: string, { kind }: MapNode | ReduceNode, value: string): Fault {
  const message = `${kind} "${id}": what it runs over is not a list: ${value.slice(0, 100)}`;
  return { node: id, type: FailureType.InvalidValue, message, hint: 'Check the output schema of the step before it.' };
}

export function badKey(id: string, { kind }: MapNode | ReduceNode, problem: string): Fault {
  const hint = `Give each item a key of its own, as { key: (item) => item.id } in the options of ${kind}.`;
  return { node: id, type: FailureType.InvalidValue, message: `${kind} "${id}": ${problem}`, hint };
}
