import type { Annotations, Plan } from '../../../plan/plan.js';
import { type Chart, chartOf } from './chart.js';
import { toDot } from './dot.js';

/**
 * Draws a plan as a picture in SVG, laid out by Graphviz (compiled to WebAssembly; loaded here and not before). The same
 * plan gives the same bytes. With annotations, nodes have their labels and documentation.
 */
export async function toSvg(plan: Plan, annotations?: Annotations): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const chart = chartOf(plan, annotations);
  return describe((await instance()).renderString(toDot(chart), { format: 'svg', engine: 'dot' }), chart);
}

/** What a screen reader says, and a font for every machine. */
function describe(svg: string, { title, doc }: Chart): string {
  const spoken = escapeXml(`Pipeline ${title}${doc === '' ? '' : `: ${doc}`}`);
  return (
    svg
      .slice(svg.indexOf('<svg'))
      .replace('<svg ', `<svg role="img" aria-labelledby="pawl-title" `)
      .replace(/>\n?/, () => `>\n<title id="pawl-title">${spoken}</title>\n`)
      .replaceAll('font-family="Arial"', 'font-family="Arial, Helvetica, sans-serif"')
      .replace(/<title>(?:cluster )?(.*?)<\/title>/g, (_, name: string) => `<title>${nameOf(name)}</title>`)
      .replace('<title>%3</title>\n', '')
      // The first line of a node or a box is its name.
      .replace(/(<g [^>]*class="(?:node|cluster)">[\s\S]*?<text )/g, '$1font-weight="bold" ')
  );
}

/** Edges of boxes lead to what stands for them. */
function nameOf(title: string): string {
  return title
    .replace('&#45;&gt;', ' → ')
    .replaceAll('&#45;', '-')
    .replace(/ (begins|ends)(?= →|$)/g, '');
}

function escapeXml(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
