import type { Annotations, Plan } from '../../../plan/plan.js';
import { type Chart, type ChartItem, type ChartKind, chartOf } from './chart.js';

/**
 * Draws a plan as a Mermaid flowchart: an arrow from each node to those that read it, a dotted one to those that only
 * come after it, a box around what belongs together. With annotations, nodes have their labels and documentation.
 */
export function toMermaid(plan: Plan, annotations?: Annotations): string {
  const chart = chartOf(plan, annotations);
  const names = namesOf(chart);
  const lines = chart.items.flatMap((item) => drawItem(item, names, '  '));
  const edges = chart.edges.map(
    ({ from, to, after }) => `  ${names.get(from)} ${after ? '-.->' : '-->'} ${names.get(to)}`,
  );
  return ['flowchart TD', `  accTitle: Pipeline ${chart.title}`, ...lines, ...edges, ''].join('\n');
}

/** Ids have characters that mean something to Mermaid. */
function namesOf({ items }: Chart): ReadonlyMap<string, string> {
  const ids = (item: ChartItem): readonly string[] => [item.id, ...(item.inside ?? []).flatMap(ids)];
  return new Map(items.flatMap(ids).map((id, index) => [id, `n${index}`]));
}

function drawItem(item: ChartItem, names: ReadonlyMap<string, string>, indent: string): readonly string[] {
  const name = names.get(item.id)!;
  const text = `"${item.lines.map(escapeText).join('<br/>')}"`;
  if (!item.inside) return [`${indent}${name}${shaped(item.kind, text)}`];
  const inside = item.inside.flatMap((part) => drawItem(part, names, `${indent}  `));
  return [`${indent}subgraph ${name}[${text}]`, ...inside, `${indent}end`];
}

const SHAPES: Partial<Record<ChartKind, readonly [string, string]>> = {
  approval: ['{{', '}}'],
  wait: ['[/', '/]'],
  sleep: ['(', ')'],
  reject: ['([', '])'],
  pass: ['(', ')'],
};

function shaped(kind: ChartKind, text: string): string {
  const [left, right] = SHAPES[kind] ?? ['[', ']'];
  return `${left}${text}${right}`;
}

// Mermaid reads entities, written with # instead of &; backquotes would make it Markdown.
function escapeText(text: string): string {
  return text.replace(/[#"<>&`\\]/g, (character) => `#${character.charCodeAt(0)};`);
}
