import type { ApprovalNode, Block, Plan, PlanNode, WaitNode } from '../plan/plan.js';
import { blocksOf, planNodesOf } from '../plan/visit.js';

/** A node of a plan that people can send something to. */
export interface Addressee<N extends PlanNode = ApprovalNode | WaitNode> {
  readonly node: N;
  /** How its id in a run is written: `map[KEY]/sign` for `map/sign`. */
  readonly written: string;
  /** Its ids in a run. */
  readonly ids: RegExp;
}

/** The nodes of a plan that wait for people. */
export function addresseesOf(plan: Plan): readonly Addressee[] {
  return [...inBlock(plan.block, []), ...(plan.onExit ? inBlock(plan.onExit.block, []) : [])];
}

function inBlock(block: Block, loops: readonly string[]): readonly Addressee[] {
  return block.nodes.flatMap((node) => {
    if (node.kind === 'approval' || node.kind === 'wait') return [addressee(node, loops)];
    const inside = node.kind === 'map' || node.kind === 'reduce' ? [...loops, node.id] : loops;
    return blocksOf(node).flatMap((inner) => inBlock(inner, inside));
  });
}

/** @param loops Ids of the maps and reduces around the node, the outermost first. */
function addressee(node: ApprovalNode | WaitNode, loops: readonly string[]): Addressee {
  const ends = [...loops.map((loop) => loop.length), node.id.length];
  const parts = ends.map((end, index) => node.id.slice(ends[index - 1] ?? 0, end));
  const ids = new RegExp(`^${parts.map(literally).join('\\[[\\s\\S]*\\]')}$`);
  return { node, written: parts.join('[KEY]'), ids };
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The kind of the node that has this id in the plan. */
export function kindOf(id: string, plan: Plan): PlanNode['kind'] | undefined {
  return planNodesOf(plan).find((node) => node.id === id)?.kind;
}
