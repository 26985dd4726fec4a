import type { Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { MapNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { type Frame, itemId } from './frame.js';
import { type KeyedItem, readItems } from './read-items.js';
import type { Run } from './run.js';
import { runPart } from './run-part.js';

export async function interpretMap(node: MapNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  run.state.started(id);
  const items = await readItems(node, id, frame, run);
  const runItem = node.minSuccess ? tolerant(node, id, items.length, frame, run) : strict(node, frame, run);
  const results: Quoted[] = new Array(items.length).fill(null);
  await runLimited(items.length, node.concurrency, run, async (index) => {
    results[index] = await runItem(items[index]!);
  });
  run.state.finished(id);
  return results;
}

type RunItem = (item: KeyedItem) => Promise<Quoted>;

function strict(node: MapNode, frame: Frame, run: Run): RunItem {
  return ({ key, item }) => run.interpret(node.body, frame.forItem(node.id, key, item), run);
}

/** Items may fail as long as enough others can succeed; from then on a fault is the run's, as everywhere else. */
function tolerant(node: MapNode, id: string, count: number, frame: Frame, run: Run): RunItem {
  const required = requiredOf(node, count);
  if (required > count) throw run.faults.refuse(tooFew(id, count, required));
  let allowed = count - required;
  const mayFail = (): boolean => allowed-- > 0;
  return async ({ key, item }) => {
    const itemFrame = frame.forItem(node.id, key, item);
    const result = await runPart({ block: node.body, frame: itemFrame, run, mayFail });
    if ('value' in result) return result.value;
    run.state.closeUnder(`${itemId(id, key)}/`, 'failed');
    return null;
  };
}

/** Shares are decimals, whose product may be a little more than the whole number it stands for. */
function requiredOf({ minSuccess }: MapNode, count: number): number {
  if (!minSuccess) return count;
  return 'items' in minSuccess ? minSuccess.items : Math.ceil(minSuccess.share * count - 1e-9);
}

/** Ends when every lane has: what is at work in one of them has stopped before the run closes. */
async function runLimited(
  count: number,
  limit: number,
  run: Run,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && !run.stop.stopped) await work(next++);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, count) }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed || run.stop.stopped) throw run.stop.causeOr(failed?.reason);
}

function tooFew(node: string, count: number, required: number): Fault {
  const message = `map "${node}" has ${count} items, of which ${required} must succeed`;
  const hint = 'Lower minSuccess, give a share as "90%", or check the list it runs over.';
  return { node, type: FailureType.InvalidValue, message, hint };
}
