import { describe, expect, test } from 'vitest';
import { compilePipeline, explainStep } from '../../../dsl/compile/index.js';
import { nodesOf } from '../../../plan/visit.js';
import { makeProject } from './sandbox.js';

const FILES = {
  'pipeline.ts': `import { define, definitionSchema, pipeline, step, z } from 'pawl';
import { widthOf } from './model.js';
import { far as helper } from './near.js';

/** Loads. */
const load = step('load', { input: z.object({ n: z.number() }), output: z.number() }, ({ n }) => helper(n));
const other = step('other', { input: z.number(), output: z.number() }, (n) => n + 1);
const net = define('model', 'net', { width: widthOf(2) });
const train = step('train', { input: z.object({ model: definitionSchema('model'), n: z.number() }), output: z.number() },
  ({ n }) => n);

export default pipeline('prints', { params: z.object({ n: z.number() }) }, ({ n }) =>
  train({ model: net, n: other(load({ n })) }));
`,
  'near.ts': `import { deep } from './lib/deep.js';
export const far = (n: number) => deep(n) + 1;
export const unrelated = () => 3;
`,
  'lib/deep.ts': `import { basename } from 'node:path';
export function deep(n: number): number {
  const size = basename('x').length;
  return n * size;
}
`,
  'model.ts': 'export const widthOf = (n: number) => n * 2;\n',
};

async function printsOf(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { compiled, diagnostics } = await compilePipeline(`${makeProject(files)}/pipeline.ts`);
  expect(diagnostics).toEqual([]);
  const steps = nodesOf(compiled!.plan.block).filter((node) => node.kind === 'step');
  return Object.fromEntries(steps.map((node) => [node.step, node.fingerprint]));
}

function edit(file: keyof typeof FILES, from: string, to: string): Record<string, string> {
  expect(FILES[file]).toContain(from);
  return { ...FILES, [file]: FILES[file].replaceAll(from, to) };
}

const before = await printsOf(FILES);

describe('fingerprints of steps', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['nothing', FILES, []],
    ['a comment and format', edit('near.ts', 'deep(n) + 1;', 'deep(\n  n, // why\n) + 1;'), []],
    ['types', edit('lib/deep.ts', '(n: number): number', '(n: any)'), []],
    ['quotes', edit('lib/deep.ts', "'x'", '"x"'), []],
    ['brackets', edit('lib/deep.ts', 'n * size', '(n * size)'), []],
    ['an unrelated declaration', edit('near.ts', '() => 3', '() => 4'), []],
    ['the name of an unrelated declaration', edit('near.ts', 'unrelated', 'notRelated'), []],
    ['the name of a helper', edit('pipeline.ts', 'helper', 'assist'), []],
    [
      'the name of a declaration in the helper',
      {
        ...edit('lib/deep.ts', 'deep', 'deeper'),
        'near.ts': FILES['near.ts'].replaceAll('deep(', 'deeper(').replace('{ deep }', '{ deeper }'),
      },
      [],
    ],
    ['a helper two files away', edit('lib/deep.ts', 'n * size', 'n + size'), ['load']],
    ['a text', edit('lib/deep.ts', "'x'", "'xy'"), ['load']],
    ['a function of the step', edit('pipeline.ts', '(n) => n + 1', '(n) => n + 2'), ['other']],
    ['a definition', edit('model.ts', 'n * 2', 'n * 3'), ['train']],
    [
      'what a reached file does when imported',
      { ...FILES, 'near.ts': `${FILES['near.ts']}\nprocess.env.X = 'y';\n` },
      ['load'],
    ],
  ])('change by %s', async (_, files, changed) => {
    const after = await printsOf(files);
    expect(Object.keys(before).filter((step) => before[step] !== after[step])).toEqual(changed);
  });

  test('a local name that hides a top-level one does not reach it', async () => {
    const files = edit('pipeline.ts', '(n) => n + 1', '(widthOf) => widthOf + 1');
    const model = { ...files, 'model.ts': FILES['model.ts'].replace('n * 2', 'n * 4') };
    expect((await printsOf(files)).other).toBe((await printsOf(model)).other);
  });

  test('explain themselves', async () => {
    const explained = await explainStep(`${makeProject(FILES)}/pipeline.ts`, 'load');
    expect(explained.fingerprint).toBe(before.load);
    expect(explained.files).toEqual(['lib/deep.ts', 'near.ts', 'pipeline.ts']);
    expect(explained.packages).toEqual({ pawl: expect.any(String) });
    await expect(explainStep(`${makeProject(FILES)}/pipeline.ts`, 'lod')).rejects.toThrow('no step "lod"');
  });

  test('of a made step hold what it is made with', async () => {
    const made = (url: string) => ({
      'pipeline.ts': `import { pipeline, step, z } from 'pawl';
const make = (url: string) => step('made', { input: z.number(), output: z.string() }, (n) => url + n);
const made = make('${url}');
export default pipeline('p', { params: z.object({ n: z.number() }) }, ({ n }) => made(n));
`,
    });
    expect((await printsOf(made('a'))).made).not.toBe((await printsOf(made('b'))).made);
    expect((await printsOf(made('a'))).made).toBe((await printsOf(made('a'))).made);
  });
});
