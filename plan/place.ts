import type { Block, ExitPlan, PlanNode } from './plan.js';
import { blocksOf } from './visit.js';

/** Ids of the nodes that a node of a plan is inside of, the outermost first; null when the plan has no such node. */
export function placeOf(
  id: string,
  { block, onExit }: { readonly block: Block; readonly onExit?: ExitPlan },
): readonly string[] | null {
  return placeIn([block, ...(onExit ? [onExit.block] : [])], id);
}

function placeIn(blocks: readonly Block[], id: string): readonly string[] | null {
  for (const node of blocks.flatMap(({ nodes }): readonly PlanNode[] => nodes)) {
    if (node.id === id) return [];
    const inside = placeIn(blocksOf(node), id);
    if (inside) return [node.id, ...inside];
  }
  return null;
}
