import type { Chart, ChartGroup, ChartItem, ChartKind } from './chart.js';

/** The text of a chart for Graphviz. The same chart gives the same text. */
export function toDot(chart: Chart): string {
  const groups = new Set(chart.items.flatMap(groupIds));
  const edges = chart.edges.map(({ from, to, after }) => {
    const tail = groups.has(from) ? `ltail=${clusterOf(from)}` : '';
    return drawEdge(groups.has(from) ? end(from) : from, groups.has(to) ? head(to) : to, [
      tail,
      groups.has(to) ? `lhead=${clusterOf(to)}` : '',
      after ? 'style=dashed' : '',
    ]);
  });
  return ['digraph {', ...SETTINGS, ...chart.items.flatMap((item) => drawItem(item, '  ')), ...edges, '}', ''].join(
    '\n',
  );
}

const FONT = 'fontname="Arial" fontcolor="#1f2933"';

/** Colours are all given, so that the picture is as readable on a dark page as on a light one. */
const SETTINGS = [
  `  graph [compound=true bgcolor="#ffffff" pad=0.3 nodesep=0.35 ranksep=0.4 fontsize=11 ${FONT}]`,
  `  node [shape=box style="rounded,filled" fillcolor="#eef4fb" color="#486581" fontsize=11 margin="0.15,0.1" ${FONT}]`,
  '  edge [color="#52606d" arrowsize=0.7]',
];

const NODE_LOOKS: Partial<Record<ChartKind, string>> = {
  approval: 'shape=hexagon style=filled fillcolor="#fdf3d8" color="#8d6b14"',
  wait: 'shape=parallelogram style=filled fillcolor="#fdf3d8" color="#8d6b14"',
  sleep: 'shape=ellipse style=filled fillcolor="#f2f2f2" color="#616e7c"',
  reject: 'shape=octagon style=filled fillcolor="#fbe4e4" color="#a32a2a"',
  pass: 'shape=plaintext style="" fontcolor="#52606d"',
};

const GROUP_LOOKS: Partial<Record<ChartKind, string>> = {
  when: 'color="#627d98" bgcolor="#f7f9fc"',
  match: 'color="#627d98" bgcolor="#f7f9fc"',
  present: 'color="#627d98" bgcolor="#f7f9fc"',
  way: 'color="#9fb3c8" bgcolor="#ffffff" style=dashed',
  map: 'color="#2f7d5b" bgcolor="#f1faf5"',
  reduce: 'color="#2f7d5b" bgcolor="#f1faf5"',
  pipeline: 'color="#5a4a9c" bgcolor="#f6f4fc"',
  exit: 'color="#8d6b14" bgcolor="#fffaf0"',
};

function drawItem(item: ChartItem, indent: string): readonly string[] {
  if (item.inside) return drawGroup(item, indent);
  const look = NODE_LOOKS[item.kind];
  return [
    `${indent}${quoted(item.id)} [label=${label(item.lines, 'n')} width=${widthOf(item.lines)}${look ? ` ${look}` : ''}]`,
  ];
}

/**
 * Edges lead to nodes only. So each box has two that nobody sees, above and below what is inside; they keep what comes
 * before the box above it, and what comes after it below.
 */
function drawGroup(group: ChartGroup, indent: string): readonly string[] {
  const inner = `${indent}  `;
  const anchor = '[shape=point style=invis width=0.01 height=0.01 label=""]';
  const order = group.inside.flatMap((item) => [
    drawEdge(head(group.id), item.inside ? head(item.id) : item.id, ['style=invis minlen=0']),
    drawEdge(item.inside ? end(item.id) : item.id, end(group.id), ['style=invis minlen=0']),
  ]);
  return [
    `${indent}subgraph ${clusterOf(group.id)} {`,
    `${inner}graph [label=${label(group.lines, 'l')} labeljust=l ${GROUP_LOOKS[group.kind] ?? ''}]`,
    `${inner}${quoted(head(group.id))} ${anchor}`,
    `${inner}${quoted(end(group.id))} ${anchor}`,
    ...group.inside.flatMap((item) => drawItem(item, inner)),
    ...(order.length > 0 ? order : [drawEdge(head(group.id), end(group.id), ['style=invis minlen=0'])]),
    `${indent}}`,
  ];
}

function drawEdge(from: string, to: string, attributes: readonly string[]): string {
  const given = attributes.filter(Boolean).join(' ');
  return `  ${quoted(from)} -> ${quoted(to)}${given === '' ? '' : ` [${given}]`}`;
}

function groupIds(item: ChartItem): readonly string[] {
  return item.inside ? [item.id, ...item.inside.flatMap(groupIds)] : [];
}

const head = (id: string): string => `${id} begins`;
const end = (id: string): string => `${id} ends`;

function clusterOf(id: string): string {
  return quoted(`cluster ${id}`);
}

function quoted(text: string): string {
  return `"${escapeText(text)}"`;
}

/** Graphviz reads entities, and XML has no control characters. */
function escapeText(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, '\ufffd').replaceAll('&', '&amp;');
  return plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** Lines that are centred (`n`) or begin at the left (`l`). */
function label(lines: readonly string[], justified: 'n' | 'l'): string {
  const parts = lines.map((line) => escapeText(shortened(line)));
  return `"${parts.join(`\\${justified}`)}${justified === 'l' ? '\\l' : ''}"`;
}

/** Inches that the text needs in a wide font: which one a reader has is not known. */
function widthOf(lines: readonly string[]): number {
  const longest = Math.max(...lines.map((line) => [...shortened(line)].length));
  return Math.round(longest * 0.092 * 100 + 25) / 100;
}

function shortened(line: string): string {
  const characters = [...line];
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : line;
}
