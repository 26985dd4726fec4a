import { type Binding, isItem, isRef, visitBinding } from './binding.js';
import { type Block, EXIT_ITEM, type Plan, type PlanNode } from './plan.js';
import { suggestName } from './suggest.js';
import { bindingsOf, bindsItem, blocksOf, nodesOf, planNodesOf } from './visit.js';

/** Most nodes in a plan; a map counts as one, with the nodes of its body, however many items it runs over. */
export const MAX_NODES = 1000;

/** A rule that a plan breaks. */
export interface PlanProblem {
  readonly code: PlanProblemCode;
  readonly message: string;
  readonly hint: string;
  /** The node concerned; absent when it is the plan as a whole. */
  readonly node?: string;
}

export type PlanProblemCode =
  | 'duplicate-id'
  | 'unknown-node'
  | 'unknown-step'
  | 'out-of-scope'
  | 'node-order'
  | 'cycle'
  | 'too-many-nodes';

export interface CheckPlanOptions {
  /** Names of the steps the code bundle has. Default: not checked. */
  readonly steps?: readonly string[];
}

/** Everything that is wrong with the graph of a plan; empty for a plan that can run. */
export function checkPlan(plan: Plan, options: CheckPlanOptions = {}): readonly PlanProblem[] {
  const nodes = planNodesOf(plan);
  const ids = new Set(nodes.map((node) => node.id));
  return [
    ...tooManyNodes(nodes.length),
    ...duplicateIds(nodes),
    ...(options.steps ? unknownSteps(nodes, options.steps) : []),
    ...cycles(nodes),
    ...checkBlock(plan.block, { ids, visible: new Set(), items: new Set() }),
    ...(plan.onExit
      ? checkBlock(plan.onExit.block, { ids, visible: new Set(), items: new Set([EXIT_ITEM]), onExit: true })
      : []),
  ];
}

function tooManyNodes(count: number): readonly PlanProblem[] {
  if (count <= MAX_NODES) return [];
  return [
    {
      code: 'too-many-nodes',
      message: `the plan has ${count} nodes; at most ${MAX_NODES} can be in one`,
      hint: 'Use map for what is done many times: it runs over any number of items.',
    },
  ];
}

function duplicateIds(nodes: readonly PlanNode[]): readonly PlanProblem[] {
  const seen = new Set<string>();
  const twice = nodes.filter((node) => seen.size === seen.add(node.id).size);
  return twice.map(({ id }) => ({
    code: 'duplicate-id',
    message: `two nodes have the id "${id}"`,
    hint: 'Give one of them another id.',
    node: id,
  }));
}

function unknownSteps(nodes: readonly PlanNode[], steps: readonly string[]): readonly PlanProblem[] {
  const known = new Set(steps);
  return nodes.flatMap((node) =>
    node.kind !== 'step' || known.has(node.step)
      ? []
      : [
          {
            code: 'unknown-step',
            message: `node "${node.id}" runs the step "${node.step}", which the code does not have`,
            hint: suggestName(node.step, steps),
            node: node.id,
          } as const,
        ],
  );
}

/** A node waits for what it and the blocks in it read; a node inside another one is part of it. */
function cycles(nodes: readonly PlanNode[]): readonly PlanProblem[] {
  const waits = new Map(nodes.map((node) => [node.id, new Set(allBindingsOf(node).flatMap(refIds))]));
  for (const node of nodes) {
    for (const inner of innerNodesOf(node)) for (const id of waits.get(inner.id) ?? []) waits.get(node.id)?.add(id);
  }
  const inside = new Map(nodes.map((node) => [node.id, new Set(innerNodesOf(node).map(({ id }) => id))]));
  const leaving = (id: string) => [...(waits.get(id) ?? [])].filter((to) => !inside.get(id)?.has(to));
  return findCycles([...waits.keys()], leaving).map((path) => ({
    code: 'cycle',
    message: `the nodes wait for each other: ${path.map((id) => `"${id}"`).join(' → ')}`,
    hint: 'Break the circle: one of them must do without the others.',
    node: path[0]!,
  }));
}

/** One path for each circle met, the first node again at its end. Iterative, since plans may be deep. */
function findCycles(ids: readonly string[], next: (id: string) => readonly string[]): readonly (readonly string[])[] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const start of ids) {
    const path: { id: string; left: string[] }[] = done.has(start) ? [] : [{ id: start, left: [...next(start)] }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const id = top.left.shift();
      if (id === undefined) {
        done.add(top.id);
        path.pop();
        continue;
      }
      const from = path.findIndex((step) => step.id === id);
      if (from >= 0) found.push([...path.slice(from).map((step) => step.id), id]);
      else if (!done.has(id)) path.push({ id, left: [...next(id)] });
    }
  }
  return found;
}

interface BlockScope {
  /** Every id of the plan. */
  readonly ids: ReadonlySet<string>;
  /** Nodes that are done, or can be waited for, where the block begins. */
  readonly visible: ReadonlySet<string>;
  /** Nodes around the block whose items it may read. */
  readonly items: ReadonlySet<string>;
  /** The block runs on exit, when nobody knows how far the run got. */
  readonly onExit?: boolean;
}

function checkBlock(block: Block, scope: BlockScope): readonly PlanProblem[] {
  const later = new Set(block.nodes.map(({ id }) => id));
  const visible = new Set(scope.visible);
  const problems: PlanProblem[] = [];
  for (const node of block.nodes) {
    const here = { ...scope, visible, later };
    for (const binding of bindingsOf(node)) problems.push(...checkBinding(binding, here, node.id));
    for (const inner of blocksOf(node)) problems.push(...checkBlock(inner, innerScope(node, { ...scope, visible })));
    later.delete(node.id);
    visible.add(node.id);
  }
  return [...problems, ...checkBinding(block.result, { ...scope, visible, later }, undefined)];
}

function innerScope(node: PlanNode, scope: BlockScope): BlockScope {
  return bindsItem(node) ? { ...scope, items: new Set([...scope.items, node.id]) } : scope;
}

function checkBinding(
  binding: Binding,
  scope: BlockScope & { readonly later: ReadonlySet<string> },
  node: string | undefined,
): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const reader = node === undefined ? 'a result' : `node "${node}"`;
  const about = node === undefined ? {} : { node };
  visitBinding(binding, (part) => {
    if (isRef(part) && !scope.visible.has(part.$ref)) {
      problems.push({ ...refProblem(reader, part.$ref, scope), ...about });
    } else if (isItem(part) && !scope.items.has(part.$item)) {
      problems.push({ ...itemProblem(reader, part.$item), ...about });
    }
  });
  return problems;
}

function refProblem(
  reader: string,
  id: string,
  scope: Pick<BlockScope, 'ids' | 'onExit'> & { readonly later: ReadonlySet<string> },
): PlanProblem {
  if (!scope.ids.has(id)) {
    const message = `${reader} reads the node "${id}", which is not in the plan`;
    return { code: 'unknown-node', message, hint: suggestName(id, [...scope.ids]) };
  }
  if (scope.later.has(id)) {
    const message = `${reader} reads the node "${id}", which comes after it`;
    return { code: 'node-order', message, hint: 'Nodes stand in the order in which they can run.' };
  }
  if (scope.onExit) {
    const message = `${reader} runs on exit and reads the node "${id}", which the run may never have reached`;
    return { code: 'out-of-scope', message, hint: EXIT_HINT };
  }
  const message = `${reader} reads the node "${id}", which is inside a block that ${reader} is not in`;
  return {
    code: 'out-of-scope',
    message,
    hint: 'Return it from the function that it is made in, and use what the control node returns.',
  };
}

const EXIT_HINT =
  'On exit there are the params and how the run ended: run.outcome, run.value (what the pipeline returns) and run.faults.';

function itemProblem(reader: string, map: string): PlanProblem {
  const message = `${reader} reads the item of "${map}", which it is not in`;
  return { code: 'out-of-scope', message, hint: 'Use the item only inside the function that it was given to.' };
}

function allBindingsOf(node: PlanNode): readonly Binding[] {
  return [...bindingsOf(node), ...blocksOf(node).map((block) => block.result)];
}

function innerNodesOf(node: PlanNode): readonly PlanNode[] {
  return blocksOf(node).flatMap(nodesOf);
}

function refIds(binding: Binding): readonly string[] {
  const ids: string[] = [];
  visitBinding(binding, (part) => {
    if (isRef(part)) ids.push(part.$ref);
  });
  return ids;
}
