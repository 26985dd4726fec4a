import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compilePipeline, formatDiagnostics, readBundleHeader } from '../../../dsl/compile/index.js';
import { compileApart, makeProject } from './sandbox.js';

const simple = (name: string) => `import { pipeline, step, z } from 'pawl';
const one = step('one', { input: z.string(), output: z.string() }, async (text) => (await import('zod')).z.string().parse(text));
export default pipeline('${name}', { params: z.object({ a: z.string() }) }, ({ a }) => one(a));
`;

describe('compilePipeline', () => {
  test('says that a file does not exist', async () => {
    const root = makeProject({});
    const { diagnostics, compiled } = await compilePipeline('nothing.ts', { root });
    expect(compiled).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'file-not-found', file: 'nothing.ts', line: 1, column: 1 }]);
  });

  test('leaves no files behind', async () => {
    const root = makeProject({ 'p.ts': simple('p') });
    await compilePipeline('p.ts', { root });
    await compilePipeline('p.ts', { root });
    expect(readdirSync(join(root, '.pawl/compile'))).toEqual([]);
  });

  test('sees what changed since it was called before', async () => {
    const root = makeProject({ 'p.ts': simple('before') });
    const before = await compilePipeline('p.ts', { root });
    writeFileSync(join(root, 'p.ts'), simple('after'));
    const after = await compilePipeline('p.ts', { root });
    expect([before.compiled?.plan.pipeline, after.compiled?.plan.pipeline]).toEqual(['before', 'after']);
  });

  test('writes the packages with their versions into the bundle', async () => {
    const { compiled } = await compilePipeline(`${makeProject({ 'p.ts': simple('p') })}/p.ts`);
    expect(readBundleHeader(compiled!.bundle.code)).toEqual({ packages: compiled!.bundle.packages });
    expect(Object.keys(compiled!.bundle.packages)).toEqual(['pawl', 'zod']);
    expect(() => readBundleHeader('export {}')).toThrow('not a code bundle');
  });

  test('takes the documentation of pipeline and steps', async () => {
    const root = makeProject({
      'p.ts': simple('p')
        .replace('const one', '/**\n * Does one thing.\n * @param text what it takes\n */\nconst one')
        .replace('export', '/** The whole. */\nexport'),
    });
    const { compiled } = await compilePipeline('p.ts', { root });
    expect(compiled!.annotations).toEqual({
      doc: 'The whole.',
      nodes: { one: { doc: 'Does one thing.', file: 'p.ts', line: 8, column: 82 } },
    });
  });

  test('takes the documentation of steps of packages from their types', async () => {
    const root = makeProject({
      'p.ts': `import { pipeline, z } from 'pawl';
import { fetchRows } from 'steps/rows';
export default pipeline('p', { params: z.object({ a: z.string() }) }, ({ a }) => fetchRows(a));
`,
      'node_modules/steps/package.json': `{ "name": "steps", "version": "2.0.0", "type": "module",
        "exports": { "./rows": { "import": { "types": "./types/index.d.ts", "default": "./index.js" } } } }`,
      'node_modules/steps/types/index.d.ts': "export { load as fetchRows } from './load.js';\n",
      'node_modules/steps/types/load.d.ts':
        '/** Fetches rows. */\nexport declare const load: (input: unknown) => never;\n',
      'node_modules/steps/index.js': `import { step, z } from 'pawl';
export const fetchRows = step('fetch-rows', { input: z.string(), output: z.string() }, (text) => text);
`,
    });
    const { compiled, diagnostics } = await compileApart(join(root, 'p.ts'));
    expect(diagnostics).toEqual([]);
    expect(compiled!.annotations.nodes['fetch-rows']?.doc).toBe('Fetches rows.');
    expect(compiled!.bundle.packages).toEqual({ pawl: expect.any(String), steps: '2.0.0' });
  });

  test('bundles files outside of the project', async () => {
    const root = makeProject({ 'p.ts': simple('p').replace('const one', "import '../beside.js';\nconst one") });
    writeFileSync(join(root, '../beside.ts'), 'export const beside: number = 1;\n');
    expect((await compilePipeline('p.ts', { root })).diagnostics).toEqual([]);
  });

  test('finds all mistakes of a file at once, in order', async () => {
    const text = `import { pipeline, step, z } from 'pawl';
const one = step('one', { input: z.date(), output: z.any() }, () => null);
export default pipeline('p', { params: z.object({ a: z.string() }) }, ({ a }) => (a ? one(a as never) : !a));
`;
    const { diagnostics } = await compilePipeline(`${makeProject({ 'p.ts': text })}/p.ts`);
    expect(diagnostics.map(({ code, line }) => [line, code])).toEqual([
      [2, 'any-output'],
      [2, 'edge-type'],
      [3, 'ref-in-condition'],
      [3, 'ref-in-condition'],
    ]);
    expect(formatDiagnostics(diagnostics, { color: true })).toContain('\u001b[');
  });
});
