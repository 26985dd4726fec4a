import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compilePipeline, type Diagnostic, DiagnosticCode, formatDiagnostics } from '../../../dsl/compile/index.js';
import { REASONS } from '../../../dsl/compile/reasons.js';
import { makeProject } from './sandbox.js';

// Each page of docs/errors is the spec of its rule: its input gives exactly its output, and the mended version has no
// mistakes. `npx vitest run test/dsl/compile/pages.test.ts -u` writes outputs, messages and reasons into the pages.
const folder = join(import.meta.dirname, '../../../docs/errors');
const codes = Object.values(DiagnosticCode).sort();
const read = (code: string) => readFileSync(join(folder, `${code}.md`), 'utf8');

/** The files in the fenced blocks of a section. */
function filesOf(page: string, section: string): Record<string, string> {
  const [, text = ''] = new RegExp(`\n## ${section}\n(.*?)(?=\n## |$)`, 's').exec(page) ?? [];
  return Object.fromEntries(
    [...text.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)].map(([, file, code]) => [file, code]),
  ) as Record<string, string>;
}

async function compile(code: string, files: Record<string, string>): Promise<readonly Diagnostic[]> {
  const hints = code === DiagnosticCode.MissingDoc;
  return (await compilePipeline(`${makeProject(files)}/input.ts`, { hints })).diagnostics;
}

/** A page with the compiler's own words put in. */
function written(page: string, code: DiagnosticCode, diagnostics: readonly Diagnostic[]): string {
  const found = diagnostics.find((diagnostic) => diagnostic.code === code);
  const [, quote = ''] = /^> (.*)$/m.exec(page) ?? [];
  const head = `# ${code}\n\n> ${found?.message ?? quote}\n\n${REASONS[code]}\n\n`;
  const output = `## Output\n\n\`\`\`text\n${formatDiagnostics(diagnostics)}\n\`\`\`\n`;
  // Functions, because a text would have its dollar signs replaced.
  return page.replace(/^.*?\n(?=## )/s, () => head).replace(/## Output\n\n```text\n.*?^```\n/ms, () => output);
}

const withInput = codes.filter((code) => 'input.ts' in filesOf(read(code), 'Input'));

describe('the page of each rule', () => {
  test.each(withInput)('%s has an input that gives its output', async (code) => {
    const diagnostics = await compile(code, filesOf(read(code), 'Input'));
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    await expect(written(read(code), code, diagnostics)).toMatchFileSnapshot(join(folder, `${code}.md`));
  });

  test.each(withInput)('%s has a mended version without mistakes', async (code) => {
    const files = filesOf(read(code), 'Mended');
    expect(files).toHaveProperty(['input.ts']);
    expect(formatDiagnostics(await compile(code, files))).toBe('');
  });

  test.each(codes.filter((code) => !withInput.includes(code)))('%s says where it is tested', async (code) => {
    const [, path = ''] = /\n## Tested\n\n[^`]*`([^`]+)`/s.exec(read(code)) ?? [];
    expect(readFileSync(join(folder, '../..', path), 'utf8')).toContain(code);
    await expect(written(read(code), code, [])).toMatchFileSnapshot(join(folder, `${code}.md`));
  });
});

test('the list of pages has all of them, sorted', async () => {
  expect(readdirSync(folder).sort()).toEqual(['README.md', ...codes.map((code) => `${code}.md`)]);
  const list = codes.map((code) => `- [${code}](${code}.md): ${/^> (.*)$/m.exec(read(code))?.[1]}`);
  const head = 'Each diagnostic has a code. `pawl check FILE` shows all of them at once, with their places.';
  await expect(`# What the compiler finds\n\n${head}\n\n${list.join('\n')}\n`).toMatchFileSnapshot(
    join(folder, 'README.md'),
  );
});

test('a large file without mistakes has none', async () => {
  const sources = join(import.meta.dirname, 'no-mistakes');
  const files = readdirSync(sources).map((name) => [
    name.replace(/\.txt$/, ''),
    readFileSync(join(sources, name), 'utf8'),
  ]);
  const { diagnostics } = await compilePipeline(`${makeProject(Object.fromEntries(files))}/input.ts`);
  expect(formatDiagnostics(diagnostics)).toBe('');
});
