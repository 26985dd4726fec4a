import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compilePipeline, formatDiagnostics } from '../../../dsl/compile/index.js';
import { makeProject } from './sandbox.js';

const folder = join(import.meta.dirname, 'golden');
const rules = readdirSync(folder).sort();

/** The files of a golden folder, by their real names: they end in .txt here, as many of them are wrong on purpose. */
function filesOf(rule: string): Record<string, string> {
  const names = readdirSync(join(folder, rule)).filter((name) => name !== 'expected.txt');
  return Object.fromEntries(
    names.map((name) => [name.replace(/\.txt$/, ''), readFileSync(join(folder, rule, name), 'utf8')]),
  );
}

test.each(rules)('diagnostics of %s', async (rule) => {
  const { diagnostics } = await compilePipeline(`${makeProject(filesOf(rule))}/input.ts`);
  await expect(`${formatDiagnostics(diagnostics)}\n`).toMatchFileSnapshot(join(folder, rule, 'expected.txt'));
});

test.each(rules)('%s is found under its own code', async (rule) => {
  const text = readFileSync(join(folder, rule, 'expected.txt'), 'utf8');
  expect(text).toContain(rule === 'no-mistakes' ? '' : ` ${rule}: `);
});
