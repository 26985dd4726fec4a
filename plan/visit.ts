import type { Binding } from './binding.js';
import type { Block, MapNode, PlanNode, RejectNode, StepNode, WhenNode } from './plan.js';

export interface NodeVisitor<T> {
  step(node: StepNode): T;
  when(node: WhenNode): T;
  map(node: MapNode): T;
  reject(node: RejectNode): T;
}

/** The one place that tells node kinds apart: a new kind does not compile until every visitor handles it. */
export function visitNode<T>(node: PlanNode, visitor: NodeVisitor<T>): T {
  switch (node.kind) {
    case 'step':
      return visitor.step(node);
    case 'when':
      return visitor.when(node);
    case 'map':
      return visitor.map(node);
    case 'reject':
      return visitor.reject(node);
    default:
      return unknownKind(node);
  }
}

/** The bindings a node reads itself, without those of the blocks in it. */
export function bindingsOf(node: PlanNode): readonly Binding[] {
  return visitNode(node, {
    step: (n) => [n.input],
    when: (n) => [n.if],
    map: (n) => [n.over],
    reject: (n) => [n.with],
  });
}

/** The blocks inside a node. */
export function blocksOf(node: PlanNode): readonly Block[] {
  return visitNode(node, {
    step: () => [],
    when: (n) => [n.then, n.else],
    map: (n) => [n.body],
    reject: () => [],
  });
}

/** Every node of a block and of the blocks in it, outer ones first. */
export function nodesOf(block: Block): readonly PlanNode[] {
  return block.nodes.flatMap((node) => [node, ...blocksOf(node).flatMap(nodesOf)]);
}

function unknownKind(node: never): never {
  throw new Error(`unknown node kind ${JSON.stringify(node)}`);
}
