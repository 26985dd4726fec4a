import { canonicalJson } from '../../../../plan/canonical.js';
import type { Json } from '../../../../plan/json.js';
import type { Block, PlanNode } from '../../../../plan/plan.js';
import { blocksOf, nodesOf } from '../../../../plan/visit.js';
import { type Rename, renameNode } from './rename-node.js';
import { pairWays } from './ways.js';

/** Which nodes of two plans are the same ones. */
export interface NodeMatching {
  /** Nodes with their later selves; those inside of others too. */
  readonly pairs: (readonly [PlanNode, PlanNode])[];
  /** The same under another id. What is inside of them has new ids too, and is not listed. */
  readonly renamed: { readonly from: string; readonly to: string }[];
  readonly added: PlanNode[];
  readonly removed: PlanNode[];
  /** The later id of an earlier node. */
  readonly ids: Map<string, string>;
}

export function emptyMatching(): NodeMatching {
  return { pairs: [], renamed: [], added: [], removed: [], ids: new Map() };
}

/**
 * Finds the nodes of a block in a later one: by their ids, else by what they do. Nodes that read a renamed one are the
 * same if they read it under its new id, so blocks are gone through in their order, the outer ones first.
 */
export function matchBlocks(before: Block, after: Block, found: NodeMatching): void {
  const later = new Map(after.nodes.map((node) => [node.id, node]));
  const isSame = (node: PlanNode): boolean => later.get(node.id)?.kind === node.kind;
  const named = before.nodes.filter(isSame);
  const known = new Set(named.map(({ id }) => id));
  const left = after.nodes.filter(({ id }) => !known.has(id));
  for (const { id } of named) found.ids.set(id, id);
  for (const node of before.nodes) if (!known.has(node.id)) matchByContent(node, left, found);
  found.added.push(...left);
  for (const node of named) {
    const now = later.get(node.id)!;
    found.pairs.push([node, now]);
    for (const [was, is] of pairWays(node, now)) matchBlocks(was, is, found);
  }
}

/** Takes the node out of `left` that does the same. */
function matchByContent(node: PlanNode, left: PlanNode[], found: NodeMatching): void {
  const content = contentOf(node, (id) => found.ids.get(id) ?? id);
  const index = left.findIndex((other) => other.kind === node.kind && contentOf(other, (id) => id) === content);
  if (index < 0) {
    found.removed.push(node);
    return;
  }
  const [now] = left.splice(index, 1);
  const inner = innerNodes(now!);
  for (const [position, was] of innerNodes(node).entries()) found.ids.set(was.id, inner[position]!.id);
  found.renamed.push({ from: node.id, to: now!.id });
}

/** What a node and the nodes in it are, whatever their own ids. */
function contentOf(node: PlanNode, outside: Rename): string {
  const own = new Map(innerNodes(node).map(({ id }, position) => [id, `#${position}`]));
  const plain = renameNode(node, (id) => own.get(id) ?? outside(id));
  return canonicalJson(plain as unknown as Json);
}

function innerNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...blocksOf(node).flatMap(nodesOf)];
}
