import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateProject } from '../../../bench/generate-project.mjs';
import { compilePipeline } from '../../../dsl/compile/index.js';
import { compileApart, makeProject } from './sandbox.js';

type Edit = readonly [name: string, change: (text: string, number: number) => string];

/** Each changes something else of what the compiler remembers: code, docs, places, imports, mistakes. */
const EDITS: readonly Edit[] = [
  ['a helper', (text, n) => text.replace(/by \* \d+/, `by * ${n + 100}`)],
  ['a comment', (text, n) => `// ${n}\n${text}`],
  ['a doc', (text, n) => text.replace(/Reads table \d+/, `Reads table ${n}`)],
  ['a schema', (text) => text.replace('month: z.string()', 'month: z.string().min(1)')],
  [
    'the order',
    (text) =>
      text
        .split(/\n(?=\/\*\* Reads)/)
        .reverse()
        .join('\n'),
  ],
  ['an import', (text) => (text.includes('node:os') ? text : `import { EOL } from 'node:os';\nvoid EOL;\n${text}`)],
  ['a mistake', (text) => text.replace('return out', 'if (out0.kept0) return out0;\n  return out')],
  ['a syntax error', (text) => `${text}\nconst = 1;\n`],
];

describe('compiling again in one process', () => {
  test('gives what a new process gives, byte for byte, whatever was edited', async () => {
    const root = makeProject({});
    const { pipeline, stepFiles } = await generateProject(root, { steps: 20 });
    const files = [pipeline, ...stepFiles];
    const original = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
    const edit = fc.record({
      file: fc.integer({ min: 0, max: files.length - 1 }),
      edit: fc.integer({ min: 0, max: EDITS.length - 1 }),
      number: fc.nat(9),
      undo: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        for (const { file, edit: which, number, undo } of edits) {
          const path = files[file]!;
          writeFileSync(path, EDITS[which]![1](readFileSync(path, 'utf8'), number));
          await compilePipeline(pipeline);
          if (undo) writeFileSync(path, original.get(path)!);
        }
        const warm = await compilePipeline(pipeline);
        expect(JSON.stringify(warm)).toBe(JSON.stringify(await compileApart(pipeline)));
      }),
      { numRuns: 8 },
    );
  });

  test('a file that is gone, or new, is seen', async () => {
    const root = makeProject({
      'pipeline.ts':
        "import { pipeline, z } from 'pawl';\nimport { text } from './text.js';\nexport default pipeline('p', { params: z.object({}) }, () => text);\n",
      'text.ts': "export const text = 'one';\n",
    });
    const file = join(root, 'pipeline.ts');
    const first = await compilePipeline(file);
    writeFileSync(join(root, 'text.ts'), "export const text = 'two';\n");
    const second = await compilePipeline(file);
    expect([first.compiled?.plan.block.result, second.compiled?.plan.block.result]).toEqual(['one', 'two']);
    writeFileSync(file, readFileSync(file, 'utf8').replace('./text.js', './other.js'));
    expect((await compilePipeline(file)).diagnostics).toMatchObject([{ code: 'unresolved-import' }]);
  });
});
