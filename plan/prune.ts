import type { Block, Plan, PlanNode } from './plan.js';
import { blocksOf, nodesOf, planNodesOf, withBlocks } from './visit.js';

/** A plan with nothing in it but one node and the nodes around it, or null when it has no such node. */
export function pruneTo(plan: Plan, id: string): Plan | null {
  if (!planNodesOf(plan).some((node) => node.id === id)) return null;
  const { onExit } = plan;
  const block = pruneBlock(plan.block, id);
  return { ...plan, block, ...(onExit && { onExit: { ...onExit, block: pruneBlock(onExit.block, id) } }) };
}

function pruneBlock({ nodes }: Block, id: string): Block {
  const kept = nodes.filter((node) => node.id === id || isInside(node, id));
  return { nodes: kept.map((node) => (node.id === id ? node : pruneNode(node, id))), result: null };
}

function pruneNode(node: PlanNode, id: string): PlanNode {
  return withBlocks(node, (block) => pruneBlock(block, id));
}

function isInside(node: PlanNode, id: string): boolean {
  return blocksOf(node)
    .flatMap(nodesOf)
    .some((inner) => inner.id === id);
}

/** The node of a plan that has this id. */
export function nodeNamed(plan: Plan, id: string): PlanNode | undefined {
  return planNodesOf(plan).find((node) => node.id === id);
}
