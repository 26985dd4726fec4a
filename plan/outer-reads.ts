import { type Binding, isItem, isParam, isRef, visitBinding } from './binding.js';
import type { MapNode, PlanNode } from './plan.js';
import { bindingsOf, bindsItem, blocksOf, nodesOf } from './visit.js';

/** What the nodes inside of a node read of what is around it. */
export interface OuterReads {
  /** Whether any of them reads a param of the run. */
  readonly params: boolean;
  /** Ids of nodes, each once. */
  readonly refs: readonly string[];
  /** Ids of the nodes whose items are read, each once. */
  readonly items: readonly string[];
}

/** What the body of a map reads beside its own nodes and items. */
export function outerReadsOf(map: MapNode): OuterReads {
  const inner = nodesOf(map.body);
  const own = new Set(inner.map(({ id }) => id));
  const binders = new Set([map.id, ...inner.filter(bindsItem).map(({ id }) => id)]);
  const refs = new Set<string>();
  const items = new Set<string>();
  let params = false;
  for (const binding of bindingsIn(map.body.result, inner)) {
    visitBinding(binding, (part) => {
      if (isRef(part) && !own.has(part.$ref)) refs.add(part.$ref);
      else if (isItem(part) && !binders.has(part.$item)) items.add(part.$item);
      else if (isParam(part)) params = true;
    });
  }
  return { params, refs: [...refs], items: [...items] };
}

function bindingsIn(result: Binding, inner: readonly PlanNode[]): readonly Binding[] {
  const results = inner.flatMap(blocksOf).map((block) => block.result);
  return [result, ...inner.flatMap(bindingsOf), ...results];
}
