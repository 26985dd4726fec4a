import { refsOf } from './binding.js';
import { FailureType, PawlError } from './failure.js';
import { type Block, EXIT_ITEM, type Plan, type PlanNode } from './plan.js';
import { suggestName } from './suggest.js';
import { bindingsOf, blocksOf, nodesOf, withBlocks } from './visit.js';

/** A plan that ends with one of its nodes. */
export interface PlanUntil {
  readonly plan: Plan;
  /** Ids of the nodes that are left out, without those inside of maps. */
  readonly skipped: readonly string[];
}

/**
 * The plan as far as a node needs it: that node's output is its result. What runs on exit stays.
 * @throws PawlError `InvalidInput` for a node that cannot be the last one.
 */
export function planUntil(plan: Plan, node: string): PlanUntil {
  checkPartNode(plan, node, 'until');
  const block = blockUntil(plan.block, node);
  const kept = new Set(nodesOf(block).map(({ id }) => id));
  const skipped = outsideMaps(plan.block).filter(({ id }) => !kept.has(id));
  return { plan: { ...plan, block }, skipped: skipped.map(({ id }) => id) };
}

/**
 * The nodes that run anew when one does: itself, those inside of it, and all that depends on it, however far away.
 * @throws PawlError `InvalidInput` for a node that no run can begin again from.
 */
export function nodesFrom(plan: Plan, node: string): readonly string[] {
  checkPartNode(plan, node, 'node');
  const next = successors(plan.block);
  const reached = new Set<string>();
  const open = [beginOf(node)];
  for (let point = open.pop(); point !== undefined; point = open.pop()) {
    if (reached.has(point)) continue;
    reached.add(point);
    open.push(...(next.get(point) ?? []));
  }
  return nodesOf(plan.block).flatMap(({ id }) => (reached.has(beginOf(id)) ? [id] : []));
}

function checkPartNode({ pipeline, block, onExit }: Plan, wanted: string, flag: 'node' | 'until'): void {
  const fitting = outsideMaps(block).map(({ id }) => id);
  if (fitting.includes(wanted)) return;
  const around = nodesOf(block).find((node) => isList(node) && nodesInside(node).some(({ id }) => id === wanted));
  if (around) {
    throw refuse(
      `"${wanted}" is inside of "${around.id}", once for each item`,
      `Name the list: --${flag} ${around.id}`,
    );
  }
  if (onExit && nodesOf(onExit.block).some(({ id }) => id === wanted)) {
    throw refuse(`"${wanted}" runs on exit, at the end of every run`, `Give --${flag} a node of the pipeline itself.`);
  }
  throw refuse(`pipeline "${pipeline}" has no node "${wanted}"`, suggestName(wanted, fitting));
}

function refuse(message: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidInput, message, { hint, retryable: false });
}

const isList = ({ kind }: PlanNode): boolean => kind === 'map' || kind === 'reduce';
const nodesInside = (node: PlanNode): readonly PlanNode[] => blocksOf(node).flatMap(nodesOf);

function outsideMaps(block: Block): readonly PlanNode[] {
  return block.nodes.flatMap((node) => [node, ...(isList(node) ? [] : blocksOf(node).flatMap(outsideMaps))]);
}

/** A way that the node is not on comes to nothing: the run ends there with `null`. */
function blockUntil(block: Block, wanted: string): Block {
  const last = block.nodes.find((node) => node.id === wanted || nodesInside(node).some(({ id }) => id === wanted));
  if (!last) return { nodes: [], result: null };
  const needed = neededBy(last, wanted, block);
  const nodes = block.nodes.filter(({ id }) => needed.has(id));
  const cut = (node: PlanNode): PlanNode =>
    node === last && node.id !== wanted ? withBlocks(node, (inner) => blockUntil(inner, wanted)) : node;
  return { nodes: nodes.map(cut), result: { $ref: last.id, path: [] } };
}

function neededBy(last: PlanNode, wanted: string, block: Block): ReadonlySet<string> {
  const byId = new Map(block.nodes.map((node) => [node.id, node]));
  const cut = last.id === wanted ? last : withBlocks(last, (inner) => blockUntil(inner, wanted));
  const needed = new Set<string>();
  const open: PlanNode[] = [cut];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (needed.has(node.id)) continue;
    needed.add(node.id);
    open.push(...readsOf(node).flatMap((id) => byId.get(id) ?? []));
  }
  return needed;
}

/** What a node and those inside of it read. */
function readsOf(node: PlanNode): readonly string[] {
  const all = [node, ...nodesInside(node)];
  const results = all.flatMap(blocksOf).map(({ result }) => result);
  return [...all.flatMap(bindingsOf), ...results].flatMap(refsOf);
}

const beginOf = (id: string): string => `begin ${id}`;
const endOf = (id: string): string => `end ${id}`;

/** What comes after what, of the beginnings and ends of nodes. */
function successors(block: Block): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    next.set(from, [...(next.get(from) ?? []), to]);
  };
  for (const node of nodesOf(block)) {
    add(beginOf(node.id), endOf(node.id));
    for (const id of bindingsOf(node).flatMap(refsOf)) add(endOf(id), beginOf(node.id));
    for (const inner of blocksOf(node)) {
      for (const id of refsOf(inner.result)) add(endOf(id), endOf(node.id));
      for (const each of inner.nodes) {
        add(beginOf(node.id), beginOf(each.id));
        add(endOf(each.id), endOf(node.id));
      }
    }
  }
  return next;
}

/** Whether a node, by its id in a run, is one of those that run on exit. */
export function isOnExit(node: string): boolean {
  return node.startsWith(`${EXIT_ITEM}/`);
}
