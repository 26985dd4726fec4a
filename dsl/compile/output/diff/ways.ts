import type { Block, PlanNode } from '../../../../plan/plan.js';
import { visitNode } from '../../../../plan/visit.js';

/** The blocks in a node, by what decides for them. */
export function waysOf(node: PlanNode): ReadonlyMap<string, Block> {
  const none = (): ReadonlyMap<string, Block> => new Map();
  const body = ({ body }: { readonly body: Block }): ReadonlyMap<string, Block> => new Map([['each', body]]);
  return visitNode<ReadonlyMap<string, Block>>(node, {
    step: none,
    when: (n) =>
      new Map([
        ['then', n.then],
        ['else', n.else],
      ]),
    present: (n) =>
      new Map([
        ['then', n.then],
        ['else', n.else],
      ]),
    match: (n) =>
      new Map([
        ...n.cases.map(({ is, block }) => [JSON.stringify(is), block] as const),
        ...(n.otherwise ? [['otherwise', n.otherwise] as const] : []),
      ]),
    map: body,
    reduce: body,
    pipeline: body,
    approval: none,
    wait: none,
    sleep: none,
    reject: none,
  });
}

/** The blocks of two nodes, each with the one of the same way; a way that only one has meets an empty block. */
export function pairWays(before: PlanNode, after: PlanNode): readonly (readonly [Block, Block])[] {
  const [was, now] = [waysOf(before), waysOf(after)];
  const ways = [...new Set([...was.keys(), ...now.keys()])];
  return ways.map((way) => [was.get(way) ?? NO_BLOCK, now.get(way) ?? NO_BLOCK]);
}

/** A block without anything in it. */
export const NO_BLOCK: Block = { nodes: [], result: null };
