import { type Binding, isItem, isRef, visitBinding } from '../../../plan/binding.js';
import type { Annotations, Block, ExitPlan, Plan, PlanNode } from '../../../plan/plan.js';
import { bindingsOf, blocksOf, nodesOf, planNodesOf, visitNode } from '../../../plan/visit.js';
import { chartLines, firstLine } from './chart-lines.js';

/** A plan as a picture shows it, whatever draws it. */
export interface Chart {
  readonly title: string;
  /** First line of the pipeline's documentation; may be empty. */
  readonly doc: string;
  readonly items: readonly ChartItem[];
  readonly edges: readonly ChartEdge[];
}

export type ChartItem = ChartNode | ChartGroup;

export type ChartKind = PlanNode['kind'] | 'way' | 'exit' | 'pass';

export interface ChartNode {
  /** Unique among all items. */
  readonly id: string;
  readonly kind: ChartKind;
  /** What it says; the first line is its name. */
  readonly lines: readonly string[];
  readonly inside?: undefined;
}

/** A box around others. */
export interface ChartGroup extends Omit<ChartNode, 'inside'> {
  readonly inside: readonly ChartItem[];
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  /** Only an order: nothing is passed on. */
  readonly after: boolean;
}

/** Makes a picture of a plan. With annotations, nodes have their labels and the first line of their documentation. */
export function chartOf(plan: Plan, annotations?: Annotations): Chart {
  const draw = (block: Block): readonly ChartItem[] => block.nodes.map((node) => itemOf(node, draw, annotations));
  return {
    title: plan.pipeline,
    doc: firstLine(annotations?.doc ?? ''),
    items: [...draw(plan.block), ...(plan.onExit ? [exitGroup(plan.onExit, draw)] : [])],
    edges: edgesOf(plan),
  };
}

type DrawBlock = (block: Block) => readonly ChartItem[];

function itemOf(node: PlanNode, draw: DrawBlock, annotations: Annotations | undefined): ChartItem {
  const own = { id: node.id, kind: node.kind, lines: chartLines(node, annotations?.nodes[node.id]) };
  const single = (): ChartItem => own;
  const around = (block: Block): ChartItem => ({ ...own, inside: draw(block) });
  const ways = (blocks: readonly Way[]): ChartItem => ({
    ...own,
    inside: blocks.filter(isWorthDrawing).map((way) => wayGroup(node.id, way, draw)),
  });
  return visitNode<ChartItem>(node, {
    step: single,
    approval: single,
    wait: single,
    sleep: single,
    reject: single,
    map: (n) => around(n.body),
    reduce: (n) => around(n.body),
    pipeline: (n) => around(n.body),
    when: (n) =>
      ways([
        { title: 'then', block: n.then },
        { title: 'else', block: n.else },
      ]),
    present: (n) =>
      ways([
        { title: 'then', block: n.then },
        { title: 'else', block: n.else },
      ]),
    match: (n) =>
      ways([
        ...n.cases.map(({ is, block }) => ({ title: String(is), block })),
        { title: 'otherwise', block: n.otherwise, other: true },
      ]),
  });
}

interface Way {
  readonly title: string;
  readonly block: Block | undefined;
  /** For every tag that has no way of its own. */
  readonly other?: boolean;
}

/** A way that was not given does nothing. */
function isWorthDrawing({ block }: Way): boolean {
  return block !== undefined && (block.nodes.length > 0 || block.result !== null);
}

/** Its own id has spaces, as ids of nodes have not. */
function wayGroup(of: string, { title, block, other }: Way, draw: DrawBlock): ChartGroup {
  const id = `${other ? 'other way' : `way ${title}`} of ${of}`;
  const pass: ChartNode = { id: `value of ${id}`, kind: 'pass', lines: ['a value that is there'] };
  const nodes = block ? draw(block) : [];
  return { id, kind: 'way', lines: [title], inside: nodes.length > 0 ? nodes : [pass] };
}

function exitGroup({ block }: ExitPlan, draw: DrawBlock): ChartGroup {
  return { id: 'on exit', kind: 'exit', lines: ['on exit', 'however the run ended'], inside: draw(block) };
}

/** From each node to those that read it. That a node is inside of another one is said by the box. */
function edgesOf(plan: Plan): readonly ChartEdge[] {
  const nodes = planNodesOf(plan);
  const known = new Set(nodes.map(({ id }) => id));
  const inside = new Map(nodes.map((node) => [node.id, innerIds(node)]));
  return nodes.flatMap((node) => {
    const read = new Set(bindingsOf({ ...node, after: undefined }).flatMap(sourcesOf));
    const after = (node.after ?? []).filter((id) => !read.has(id));
    return [...[...read].map((id) => ({ id, after: false })), ...after.map((id) => ({ id, after: true }))]
      .filter(({ id }) => known.has(id) && !inside.get(id)?.has(node.id))
      .map((source) => ({ from: source.id, to: node.id, after: source.after }));
  });
}

function innerIds(node: PlanNode): ReadonlySet<string> {
  const inner = blocksOf(node).flatMap(nodesOf);
  return new Set(inner.map(({ id }) => id));
}

function sourcesOf(binding: Binding): readonly string[] {
  const ids: string[] = [];
  visitBinding(binding, (part) => {
    if (isRef(part)) ids.push(part.$ref);
    if (isItem(part)) ids.push(part.$item);
  });
  return ids;
}
