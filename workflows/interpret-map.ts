import type { Quoted } from '../plan/binding.js';
import type { KeyedItem } from '../plan/items.js';
import type { MapNode } from '../plan/plan.js';
import { isChunked, mapItems } from './chunks/map-items.js';
import { runChunks } from './chunks/run-chunks.js';
import { type Frame, itemId } from './frame.js';
import { allowedFailures } from './min-success.js';
import type { Run } from './run.js';
import { runLimited } from './run-limited.js';
import { runPart } from './run-part.js';

export async function interpretMap(node: MapNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  run.state.started(id);
  const items = await mapItems(node, id, frame, run);
  const results = isChunked(items)
    ? await runChunks({ node, id, chunks: items.chunks, frame, run })
    : await runItems(node, id, items, frame, run);
  run.state.finished(id);
  return results;
}

/** Waits for no more than it must: how often is waited shows in the order in which nodes begin. */
function runItems(node: MapNode, id: string, items: readonly KeyedItem[], frame: Frame, run: Run): Promise<Quoted> {
  const runItem = node.minSuccess ? tolerant(node, id, items.length, frame, run) : strict(node, frame, run);
  const results: Quoted[] = new Array(items.length).fill(null);
  const work = async (index: number): Promise<void> => {
    results[index] = await runItem(items[index]!);
  };
  return runLimited({ count: items.length, limit: node.concurrency, run, work }).then(() => results);
}

type RunItem = (item: KeyedItem) => Promise<Quoted>;

function strict(node: MapNode, frame: Frame, run: Run): RunItem {
  return ({ key, item }) => run.interpret(node.body, frame.forItem(node.id, key, item), run);
}

/** Items may fail as long as enough others can succeed; from then on a fault is the run's, as everywhere else. */
function tolerant(node: MapNode, id: string, count: number, frame: Frame, run: Run): RunItem {
  let allowed = allowedFailures(node, id, count, run);
  const mayFail = (): boolean => allowed-- > 0;
  return async ({ key, item }) => {
    const itemFrame = frame.forItem(node.id, key, item);
    const result = await runPart({ block: node.body, frame: itemFrame, run, mayFail });
    if ('value' in result) return result.value;
    run.state.closeUnder(`${itemId(id, key)}/`, 'failed');
    return null;
  };
}
