import type { Binding } from './binding.js';
import type {
  ApprovalNode,
  Block,
  ExitPlan,
  MapNode,
  MatchNode,
  PipelineNode,
  PlanNode,
  PresentNode,
  ReduceNode,
  RejectNode,
  SleepNode,
  StepNode,
  WaitNode,
  WhenNode,
} from './plan.js';

export interface NodeVisitor<T> {
  step(node: StepNode): T;
  when(node: WhenNode): T;
  match(node: MatchNode): T;
  present(node: PresentNode): T;
  map(node: MapNode): T;
  reduce(node: ReduceNode): T;
  pipeline(node: PipelineNode): T;
  approval(node: ApprovalNode): T;
  wait(node: WaitNode): T;
  sleep(node: SleepNode): T;
  reject(node: RejectNode): T;
}

/** The one place that tells node kinds apart: a new kind does not compile until every visitor handles it. */
export function visitNode<T>(node: PlanNode, visitor: NodeVisitor<T>): T {
  switch (node.kind) {
    case 'step':
      return visitor.step(node);
    case 'when':
      return visitor.when(node);
    case 'match':
      return visitor.match(node);
    case 'present':
      return visitor.present(node);
    case 'map':
      return visitor.map(node);
    case 'reduce':
      return visitor.reduce(node);
    case 'pipeline':
      return visitor.pipeline(node);
    case 'approval':
      return visitor.approval(node);
    case 'wait':
      return visitor.wait(node);
    case 'sleep':
      return visitor.sleep(node);
    case 'reject':
      return visitor.reject(node);
    default:
      return unknownKind(node);
  }
}

/** What a node waits for before it starts: what it reads itself, without the blocks in it, and what it comes after. */
export function bindingsOf(node: PlanNode): readonly Binding[] {
  const own = visitNode<readonly Binding[]>(node, {
    step: (n) => [n.input],
    when: (n) => [n.if],
    match: (n) => [n.on],
    present: (n) => [n.value],
    map: (n) => [n.over],
    reduce: (n) => [n.over, n.initial],
    pipeline: (n) => [n.params],
    approval: (n) => [n.shows],
    wait: () => [],
    sleep: (n) => [n.until],
    reject: (n) => [n.with],
  });
  const after = (node.after ?? []).map((id): Binding => ({ $ref: id, path: [] }));
  return after.length === 0 ? own : [...own, ...after];
}

/** The blocks inside a node. */
export function blocksOf(node: PlanNode): readonly Block[] {
  return visitNode<readonly Block[]>(node, {
    step: () => [],
    when: (n) => [n.then, n.else],
    match: (n) => [...n.cases.map(({ block }) => block), ...(n.otherwise ? [n.otherwise] : [])],
    present: (n) => [n.then, n.else],
    map: (n) => [n.body],
    reduce: (n) => [n.body],
    pipeline: (n) => [n.body],
    approval: () => [],
    wait: () => [],
    sleep: () => [],
    reject: () => [],
  });
}

/** The same node with each block inside of it changed. */
export function withBlocks(node: PlanNode, change: (block: Block) => Block): PlanNode {
  const same = (n: PlanNode): PlanNode => n;
  return visitNode<PlanNode>(node, {
    step: same,
    when: (n) => ({ ...n, then: change(n.then), else: change(n.else) }),
    match: (n) => ({
      ...n,
      cases: n.cases.map((each) => ({ ...each, block: change(each.block) })),
      ...(n.otherwise ? { otherwise: change(n.otherwise) } : {}),
    }),
    present: (n) => ({ ...n, then: change(n.then), else: change(n.else) }),
    map: (n) => ({ ...n, body: change(n.body) }),
    reduce: (n) => ({ ...n, body: change(n.body) }),
    pipeline: (n) => ({ ...n, body: change(n.body) }),
    approval: same,
    wait: same,
    sleep: same,
    reject: same,
  });
}

/** True for the nodes whose blocks read an item that is called after the node. */
export function bindsItem(node: PlanNode): boolean {
  return node.kind === 'map' || node.kind === 'reduce' || node.kind === 'pipeline';
}

/** Every node of a block and of the blocks in it, outer ones first. */
export function nodesOf(block: Block): readonly PlanNode[] {
  return block.nodes.flatMap((node) => [node, ...blocksOf(node).flatMap(nodesOf)]);
}

/** Every node of a plan, those of its end last. */
export function planNodesOf(plan: { readonly block: Block; readonly onExit?: ExitPlan }): readonly PlanNode[] {
  return [...nodesOf(plan.block), ...(plan.onExit ? nodesOf(plan.onExit.block) : [])];
}

function unknownKind(node: never): never {
  throw new Error(`unknown node kind ${JSON.stringify(node)}`);
}
