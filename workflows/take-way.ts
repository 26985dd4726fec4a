import type { Quoted } from '../plan/binding.js';
import type { Block, PlanNode } from '../plan/plan.js';
import { blocksOf, nodesOf } from '../plan/visit.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';

/** Goes one way of a node that has several. The nodes on the others are skipped. */
export function takeWay(node: PlanNode, way: Block, frame: Frame, run: Run): Promise<Quoted> {
  run.state.decided(frame.rename(node.id));
  for (const other of blocksOf(node)) if (other !== way) skip(other, frame, run);
  return run.interpret(way, frame.inner(), run);
}

function skip(block: Block, frame: Frame, run: Run): void {
  for (const node of nodesOf(block)) run.state.skipped(frame.rename(node.id));
}
