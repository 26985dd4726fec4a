import { isCancellation } from '@temporalio/workflow';
import { isSpilled, type Quoted, resolveBinding, type SpilledValue, valueAt } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { MapNode } from '../plan/plan.js';
import { callRead } from './calls.js';
import { RunGivenUp } from './ending.js';
import { faultOf } from './fault.js';
import type { Frame } from './frame.js';
import { holdForOperator } from './hold.js';
import { unquoteInline } from './inline-value.js';
import type { Run } from './run.js';

export async function interpretMap(node: MapNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  run.state.started(id);
  const items = await itemsOf(node, frame, run);
  const keys = keysOf(node, items, id);
  const results: Quoted[] = new Array(items.length).fill(null);
  await runLimited(items.length, node.concurrency, run, async (index) => {
    results[index] = await run.interpret(node.body, frame.forItem(node.id, keys[index]!, items[index]!));
  });
  run.state.finished(id);
  return results;
}

async function itemsOf(node: MapNode, frame: Frame, run: Run): Promise<readonly Quoted[]> {
  const bound = resolveBinding(node.over, frame);
  const list = isSpilled(bound) ? await readList(bound, frame.rename(node.id), run) : bound;
  if (!Array.isArray(list)) throw invalid(frame.rename(node.id), 'what it maps over is not a list');
  return list;
}

/** A list that cannot be read holds the run, as a step's fault does. */
async function readList(list: SpilledValue, id: string, run: Run): Promise<Quoted> {
  for (;;) {
    try {
      return await callRead(list);
    } catch (error) {
      if (isCancellation(error)) throw error;
      await holdForOperator(faultOf(id, error), run);
    }
  }
}

/** Keys name the items' nodes, so they must be short and different. */
function keysOf(node: MapNode, items: readonly Quoted[], id: string): readonly string[] {
  const keys = items.map((item) => unquoteInline(valueAt(item, node.key ?? [])));
  const seen = new Set<string>();
  return keys.map((key) => {
    if (typeof key !== 'string' && typeof key !== 'number')
      throw invalid(id, `an item has no key: ${JSON.stringify(key)}`);
    const text = String(key);
    if (seen.has(text)) throw invalid(id, `two items have the key "${text}"`);
    seen.add(text);
    return text;
  });
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

function invalid(node: string, problem: string): RunGivenUp {
  const message = `map "${node}": ${problem}`;
  const hint = 'Give each item a key of its own: map(list, body, { key: (item) => item.id }).';
  return new RunGivenUp('failed', [{ node, type: FailureType.InvalidValue, message, hint }], message);
}
