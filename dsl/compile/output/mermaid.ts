import { type Binding, isItem, isRef, visitBinding } from '../../../plan/binding.js';
import type { Annotations, Block, Plan, PlanNode } from '../../../plan/plan.js';
import { bindingsOf, nodesOf, visitNode } from '../../../plan/visit.js';

/**
 * Draws a plan as a Mermaid flowchart: an arrow from each node to those that read it, `when` and `map` as boxes around
 * their nodes. With annotations, a step's label has the first line of its documentation.
 */
export function toMermaid(plan: Plan, annotations?: Annotations): string {
  const nodes = nodesOf(plan.block);
  const names = new Map(nodes.map((node, index) => [node.id, `n${index}`]));
  const chart: Chart = {
    names,
    nameOf: (id) => names.get(id) ?? 'unknown',
    docOf: (id) => annotations?.nodes[id]?.doc ?? '',
  };
  return [
    'flowchart TD',
    ...drawBlock(plan.block, chart, '  '),
    ...nodes.flatMap((node) => drawEdges(node, chart)),
    '',
  ].join('\n');
}

interface Chart {
  readonly names: ReadonlyMap<string, string>;
  nameOf(id: string): string;
  docOf(id: string): string;
}

function drawBlock(block: Block, chart: Chart, indent: string): readonly string[] {
  return block.nodes.flatMap((node) => drawNode(node, chart, indent));
}

function drawNode(node: PlanNode, chart: Chart, indent: string): readonly string[] {
  const name = chart.nameOf(node.id);
  return visitNode(node, {
    step: (n) => [`${indent}${name}[${label(n.id, chart.docOf(n.id))}]`],
    reject: (n) => [`${indent}${name}([${label(n.id, '')}])`],
    approval: (n) => [`${indent}${name}{{${label(n.id, n.ask)}}}`],
    wait: (n) => [`${indent}${name}{{${label(n.id, '')}}}`],
    sleep: (n) => [`${indent}${name}{{${label(n.id, '')}}}`],
    map: (n) => box(name, n.id, indent, drawBlock(n.body, chart, `${indent}  `)),
    reduce: (n) => box(name, n.id, indent, drawBlock(n.body, chart, `${indent}  `)),
    pipeline: (n) => box(name, n.id, indent, drawBlock(n.body, chart, `${indent}  `)),
    match: (n) =>
      drawWays(
        n.id,
        [...n.cases.map((each) => [String(each.is), each.block] as const), ['otherwise', n.otherwise]],
        chart,
        indent,
      ),
    present: (n) =>
      drawWays(
        n.id,
        [
          ['then', n.then],
          ['else', n.else],
        ],
        chart,
        indent,
      ),
    when: (n) =>
      drawWays(
        n.id,
        [
          ['then', n.then],
          ['else', n.else],
        ],
        chart,
        indent,
      ),
  });
}

/** A box with a box for each way that has nodes. */
function drawWays(
  id: string,
  ways: readonly (readonly [string, Block | undefined])[],
  chart: Chart,
  indent: string,
): readonly string[] {
  const name = chart.nameOf(id);
  const drawn = ways.filter(([title, block]) => title === 'then' || (block && block.nodes.length > 0));
  const inside = drawn.flatMap(([title, block], index) =>
    box(
      `${name}_${title === 'then' || title === 'else' ? title : index}`,
      title,
      `${indent}  `,
      drawBlock(block ?? EMPTY, chart, `${indent}    `),
    ),
  );
  return box(name, id, indent, inside);
}

const EMPTY: Block = { nodes: [], result: null };

function box(name: string, title: string, indent: string, inside: readonly string[]): readonly string[] {
  return [`${indent}subgraph ${name}[${label(title, '')}]`, ...inside, `${indent}end`];
}

function drawEdges(node: PlanNode, chart: Chart): readonly string[] {
  const sources = new Set(bindingsOf(node).flatMap(sourcesOf));
  // An arrow from a box to a node inside of it cannot be drawn; being inside says the same.
  return [...sources]
    .filter((id) => chart.names.has(id) && !node.id.startsWith(`${id}/`))
    .map((id) => `  ${chart.nameOf(id)} --> ${chart.nameOf(node.id)}`);
}

function sourcesOf(binding: Binding): readonly string[] {
  const ids: string[] = [];
  visitBinding(binding, (part) => {
    if (isRef(part)) ids.push(part.$ref);
    if (isItem(part)) ids.push(part.$item);
  });
  return ids;
}

function label(id: string, doc: string): string {
  const first = doc.split('\n')[0] ?? '';
  const text = first === '' ? id : `${id}<br/>${escapeText(first)}`;
  return `"${first === '' ? escapeText(id) : text}"`;
}

// Mermaid reads entities, written with # instead of &.
function escapeText(text: string): string {
  return text.replace(/[#"<>&]/g, (character) => `#${character.charCodeAt(0)};`);
}
