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

const TOOLS = (version: string) =>
  `{ "name": "tools", "version": "${version}", "type": "module", "exports": "./i.js" }`;
const INSTALLED = { 'node_modules/tools/i.js': 'export const chunk = 1;' };

/** A pipeline of one step, which returns something of another file. */
const using = (
  imports: string,
  returned: string,
  before = '',
  call = 'used({})',
) => `import { pipeline, step, z } from 'pawl';
${imports}
${before}
const used = step('used', { input: z.json(), output: z.json() }, async () => ${returned});
const make = (n: number) => step('used', { input: z.json(), output: z.json() }, () => n);
void [used, make];
export default pipeline('p', { params: z.object({}) }, () => ${call});
`;

const BARREL = "import * as near from './near.js';";
const far = (n: number) => ({ 'far.ts': `export const far = () => ${n};` });
const commonJs = (n: number) => ({ 'far.cjs': `exports.far = () => ${n};` });

describe('what a step reaches', () => {
  type Files = Readonly<Record<string, string>>;
  const same = (pipeline: string, others: (n: number) => Files) => (n: number) => ({
    'pipeline.ts': pipeline,
    ...others(n),
  });
  test.each<[string, (n: number) => Files]>([
    [
      'all of a module',
      same(using(BARREL, 'near.far()'), (n) => ({ 'near.ts': "export * from './far.js';", ...far(n) })),
    ],
    [
      'a name of it',
      same(using(BARREL, 'near.a()'), (n) => ({ 'near.ts': "export { far as a } from './far.js';", ...far(n) })),
    ],
    [
      'an imported name of it',
      same(using(BARREL, 'near.far()'), (n) => ({
        'near.ts': "import { far } from './far.js'; export { far };",
        ...far(n),
      })),
    ],
    [
      'a module that it imports when it runs',
      same(using('', "(await import('./near.js')).far()"), (n) => ({
        'near.ts': "export * from './far.js';",
        ...far(n),
      })),
    ],
    [
      'a module of which only a run knows the name',
      same(using('', '(await import("./lib/" + at + ".ts")).far', "const at = 'a';"), (n) => ({
        'lib/a.ts': `export const far = ${n};`,
      })),
    ],
    ['a CommonJS module', same(using("import far from './far.cjs';", 'far.far()'), commonJs)],
    ['a name of a CommonJS module', same(using("import { far } from './far.cjs';", 'far()'), commonJs)],
    ['a module that is required', same(using("const far = require('./far.cjs');", 'far.far()'), commonJs)],
    ['a namespace', (n) => ({ 'pipeline.ts': using('', 'Own.n', `namespace Own { export const n = ${n}; }`) })],
    ['an enum in two parts', (n) => ({ 'pipeline.ts': using('', 'E.B', `enum E { A = 1 } enum E { B = ${n} }`) })],
    ['what a tag sees', (n) => ({ 'pipeline.ts': using('', n === 1 ? 'String.raw`\\n`' : 'String.raw`\n`') })],
    [
      'a package, from where local modules come too',
      same(using("import { chunk } from './near.js';", 'chunk'), (n) => ({
        'near.ts': "export * from './far.js'; export * from 'tools';",
        'far.ts': 'export const far = 1;',
        'node_modules/tools/package.json': TOOLS(`1.0.${n}`),
        ...INSTALLED,
      })),
    ],
    ['what makes it', (n) => ({ 'pipeline.ts': using('', '1', '', `make(${n})({})`) })],
    [
      'its own code, whoever calls it',
      (n) => ({ 'pipeline.ts': using('', `${n}`, 'const list = [{}];', '{ list.forEach(used as never); }') }),
    ],
    [
      'its own code, whatever else has its name',
      (n) => ({
        'pipeline.ts': `import { pipeline, step, z } from 'pawl';
const all = [step('used', { input: z.json(), output: z.json() }, () => ${n})];
const other = ((name: string) => name)('used');
void other;
export default pipeline('p', { params: z.object({}) }, () => all.map((one) => one({})));
`,
      }),
    ],
  ])('counts: %s', async (_, files) => {
    const first = await printOf(files(1));
    expect(first).toBe(await printOf(files(1)));
    expect(first).not.toBe(await printOf(files(2)));
  });

  test('counts JSON without its format', async () => {
    const pipeline = using("import rates from './rates.json';", 'rates.a');
    const [before, after, other] = ['{"a":1}', '{\n  "a": 1\n}', '{"a":2}'].map((json) =>
      printOf({ 'pipeline.ts': pipeline, 'rates.json': json }),
    );
    expect(await after).toBe(await before);
    expect(await other).not.toBe(await before);
  });
});

/** The fingerprint of the only step. */
async function printOf(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { compiled } = await compilePipeline(`${makeProject(files)}/pipeline.ts`);
  const [node] = nodesOf(compiled!.plan.block);
  return node?.kind === 'step' ? node.fingerprint : undefined;
}
