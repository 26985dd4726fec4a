import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { compilePipeline } from '../../dsl/compile/index.js';

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../examples/flight-delays/${name}`, import.meta.url));

test.each(['pipeline.ts', 'check-file.ts'])('%s compiles without a remark', async (name) => {
  const { diagnostics, compiled } = await compilePipeline(fileOf(name));
  expect(diagnostics).toEqual([]);
  expect(compiled?.plan.block.nodes.length).toBeGreaterThan(1);
});

test('a firing trains on the month before last', async () => {
  const { default: pipeline } = await import('../../examples/flight-delays/pipeline.js');
  const firing = new Date('2001-03-02T06:00:00Z');
  expect(pipeline.params.parse(pipeline.schedule?.params?.(firing))).toEqual({ month: '2001-01', epochs: 4 });
  expect(pipeline.params.safeParse({ month: '2001-13' }).success).toBe(false);
});

test('the parts of the demo find what they import', async () => {
  const folder = fileOf('demo');
  const parts = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const imports = parts.map((name) => `await import(${JSON.stringify(pathToFileURL(join(folder, name)).href)});`);
  // In a process of its own, since that is where packages are found as in the demo.
  const tried = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', imports.join('\n')]);
  await expect(tried).resolves.toMatchObject({ stderr: '' });
  expect(parts.length).toBeGreaterThan(3);
});
