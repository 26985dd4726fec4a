import { type Binding, isItem, isOrElse, isRef } from '../../../../plan/binding.js';
import { isJsonObject } from '../../../../plan/json.js';
import type { Block, PlanNode } from '../../../../plan/plan.js';
import { visitNode, withBlocks } from '../../../../plan/visit.js';

export type Rename = (id: string) => string;

/** The same node with other ids, in what it reads too. What it comes after is sorted: the order means nothing. */
export function renameNode(node: PlanNode, rename: Rename): PlanNode {
  const bind = (binding: Binding): Binding => renameBinding(binding, rename);
  const block = ({ nodes, result }: Block): Block => ({
    nodes: nodes.map((inner) => renameNode(inner, rename)),
    result: bind(result),
  });
  const head = { id: rename(node.id), ...(node.after ? { after: node.after.map(rename).sort() } : {}) };
  return visitNode<PlanNode>(withBlocks(node, block), {
    step: (n) => ({ ...n, ...head, input: bind(n.input) }),
    when: (n) => ({ ...n, ...head, if: bind(n.if) }),
    match: (n) => ({ ...n, ...head, on: bind(n.on) }),
    present: (n) => ({ ...n, ...head, value: bind(n.value) }),
    map: (n) => ({ ...n, ...head, over: bind(n.over) }),
    reduce: (n) => ({ ...n, ...head, over: bind(n.over), initial: bind(n.initial) }),
    pipeline: (n) => ({ ...n, ...head, params: bind(n.params) }),
    approval: (n) => ({ ...n, ...head, shows: bind(n.shows) }),
    wait: (n) => ({ ...n, ...head }),
    sleep: (n) => ({ ...n, ...head, until: bind(n.until) }),
    reject: (n) => ({ ...n, ...head, with: bind(n.with) }),
  });
}

/** The same binding with other ids of nodes. */
export function renameBinding(binding: Binding, rename: Rename): Binding {
  if (Array.isArray(binding)) return binding.map((part) => renameBinding(part, rename));
  if (!isJsonObject(binding)) return binding;
  if (isRef(binding)) return { ...binding, $ref: rename(binding.$ref) };
  if (isItem(binding)) return { ...binding, $item: rename(binding.$item) };
  if (isOrElse(binding)) {
    const [value, fallback] = binding.$orElse;
    return { ...binding, $orElse: [renameBinding(value, rename), renameBinding(fallback, rename)] };
  }
  if (Object.keys(binding).some((key) => key.startsWith('$'))) return binding;
  return Object.fromEntries(Object.entries(binding).map(([key, part]) => [key, renameBinding(part, rename)]));
}
