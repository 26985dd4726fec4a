import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { projectFolder } from '../support/stack.js';

const HEAVY = /^(@temporalio|@tensorflow|@duckdb|pg$|kysely|ts-morph|esbuild|@hono|hono)/;

test('importing the test kit loads no server, no trainer and no database', async () => {
  const entry = join(projectFolder, 'testing', 'index.ts');
  const { metafile } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, metafile: true, splitting: true },
    ...{ format: 'esm', platform: 'node', packages: 'external', outdir: 'out', logLevel: 'silent' },
  });
  // What is imported inside of functions is in chunks of its own.
  const outputs = Object.entries(metafile.outputs);
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const output = metafile.outputs[file];
    for (const { path, kind } of output?.imports ?? []) if (kind === 'import-statement') visit(path);
  };
  visit(outputs.find(([, { entryPoint }]) => entryPoint?.endsWith('testing/index.ts'))![0]);
  expect(seen).toContain('zod');
  expect([...seen].filter((name) => HEAVY.test(name))).toEqual([]);
});
