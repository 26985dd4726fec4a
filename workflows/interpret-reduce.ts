import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { ReduceNode } from '../plan/plan.js';
import type { Frame } from './frame.js';
import { readItems } from './read-items.js';
import type { Run } from './run.js';

export async function interpretReduce(node: ReduceNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  run.state.started(id);
  const items = await readItems(node, id, frame, run);
  let value = resolveBinding(node.initial, frame);
  for (const { key, item } of items) {
    value = await run.interpret(node.body, frame.forItem(node.id, key, { value, item }), run);
  }
  run.state.finished(id);
  return value;
}
