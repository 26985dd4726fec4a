import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CompiledPipeline, compilePipeline, toMermaid, toSvg } from '../../../../dsl/compile/index.js';
import type { Plan } from '../../../../plan/plan.js';
import { planNodesOf } from '../../../../plan/visit.js';
import { planOf, stepNode } from '../../../plan/sample-plan.js';

const golden = join(import.meta.dirname, 'golden');
let compiled: CompiledPipeline;

beforeAll(async () => {
  const result = await compilePipeline(join(import.meta.dirname, 'pipelines/every-kind.ts'));
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  compiled = result.compiled!;
});

/** A line of the part of Mermaid's grammar that is used here. */
const TEXT = '"[^"`\\\\<>]*(?:<br/>[^"`\\\\<>]*)*"';
const LINE = new RegExp(
  `^ *(?:flowchart TD|accTitle: [^;#]+|subgraph n\\d+\\[${TEXT}\\]|end|n\\d+(?:\\[${TEXT}\\]|\\(${TEXT}\\)|` +
    `\\{\\{${TEXT}\\}\\}|\\[/${TEXT}/\\]|\\(\\[${TEXT}\\]\\))|n\\d+ (?:-->|-\\.->) n\\d+)?$`,
);

/** Elements in order, with their texts. @throws when the text is not well-formed XML. */
function elementsOf(svg: string): readonly { readonly name: string; readonly text: string }[] {
  const tags = /<!--[\s\S]*?-->|<(\/?)([a-z:A-Z]+)((?:\s+[\w:-]+="[^"<&]*(?:&#?\w+;[^"<&]*)*")*)\s*(\/?)>|([^<]+)/g;
  const open: { name: string; text: string }[] = [];
  const all: { name: string; text: string }[] = [];
  let read = 0;
  for (const [whole, closes, name, , closed, text] of svg.matchAll(tags)) {
    read += whole.length;
    if (text !== undefined && open.length > 0) open[open.length - 1]!.text += text;
    if (text !== undefined && /&(?!(amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a bare & in ${text}`);
    if (closes && open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    if (name === undefined || closes) continue;
    const element = { name, text: '' };
    all.push(element);
    if (!closed) open.push(element);
  }
  if (open.length > 0 || read !== svg.length) throw new Error('not well-formed');
  return all;
}

const texts = (svg: string, name: string): readonly string[] =>
  elementsOf(svg)
    .filter((element) => element.name === name)
    .map(({ text }) => text);

/** Plans of steps whose ids and labels are hard to write down. */
const oddPlan: fc.Arbitrary<Plan> = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), { minLength: 1, maxLength: 4 })
  .map((ids) => planOf(ids.map((id, index) => stepNode(id, index > 0 ? { $ref: ids[index - 1]!, path: [] } : null))));

describe('Mermaid', () => {
  test('draws every kind of node, and what runs on exit', async () => {
    const text = toMermaid(compiled.plan, compiled.annotations);
    await expect(text).toMatchFileSnapshot(join(golden, 'every-kind.mmd'));
    expect(text.split('\n').filter((line) => !LINE.test(line))).toEqual([]);
  });

  test('keeps to its grammar whatever nodes are called', () => {
    fc.assert(
      fc.property(oddPlan, fc.string({ unit: 'grapheme' }), (plan, label) => {
        const note = { doc: label, label, file: 'p.ts', line: 1, column: 1 };
        const nodes = Object.fromEntries(planNodesOf(plan).map(({ id }) => [id, note]));
        const lines = toMermaid(plan, { doc: label, nodes }).split('\n');
        expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
      }),
    );
  });
});

describe('SVG', () => {
  test('draws every kind of node in boxes, with a title and colours of its own', async () => {
    const svg = await toSvg(compiled.plan, compiled.annotations);
    await expect(svg).toMatchFileSnapshot(join(golden, 'every-kind.svg'));
    const titles = texts(svg, 'title');
    expect(titles[0]).toBe('Pipeline every-kind: Uses every kind of node once.');
    for (const { id } of planNodesOf(compiled.plan)) expect(titles).toContain(id);
    expect(titles).toContain('find → map');
    expect(texts(svg, 'text')).toEqual(expect.arrayContaining(['The &lt;source&gt;', 'queue gpu', 'on exit', 'clean']));
    expect(svg).toContain('<polygon fill="#ffffff"');
  });

  test('is the same bytes each time', async () => {
    const [once, again] = [await toSvg(compiled.plan), await toSvg(structuredClone(compiled.plan))];
    expect(once).toBe(again);
  });

  test('is well-formed whatever nodes are called', async () => {
    await fc.assert(
      fc.asyncProperty(oddPlan, fc.string({ unit: 'grapheme' }), async (plan, label) => {
        const note = { doc: label, label, file: 'p.ts', line: 1, column: 1 };
        const nodes = Object.fromEntries(planNodesOf(plan).map(({ id }) => [id, note]));
        expect(texts(await toSvg(plan, { doc: label, nodes }), 'svg')).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  });
});
