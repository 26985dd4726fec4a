import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePipeline, formatDiagnostics } from '../../dsl/compile/index.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';
import { argumentsOf, type Example, examplesOf } from './examples.js';

const examples = examplesOf('docs/language.md');
const pipelines = examples.filter(({ code }) => code.includes('export default pipeline('));
const shown = pipelines.filter(({ result }) => result !== undefined);
let folder: string;
let stack: TestStack;

beforeAll(async () => {
  // Inside of the checkout, where `pawl` is this package.
  mkdirSync(join(projectFolder, '.pawl'), { recursive: true });
  folder = mkdtempSync(join(projectFolder, '.pawl', 'test-language-'));
  for (const { file, code } of examples) writeFileSync(join(folder, file), code);
  stack = await startTestStack();
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack.stop();
});

test('the language reference has its examples', () => {
  expect(pipelines.length).toBeGreaterThan(10);
  expect(shown.length).toBeGreaterThan(8);
});

test('all examples pass the type checker', async () => {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  expect(await checked).toBe('');
}, 60_000);

test.each(pipelines)('$file compiles without a word', async ({ file }) => {
  const { diagnostics, compiled } = await compilePipeline(join(folder, file));
  expect(formatDiagnostics(diagnostics)).toBe('');
  expect(compiled).toBeDefined();
});

test.each(pipelines)('$file draws the graph it drew before', async ({ file }) => {
  const { compiled } = await compilePipeline(join(folder, file));
  const golden = join(import.meta.dirname, 'golden', file.replace(/\.ts$/, '.json'));
  await expect(`${JSON.stringify(compiled?.plan, withoutDigests, 2)}\n`).toMatchFileSnapshot(golden);
});

/** Code changes with every version of Pawl; the graph must not. */
function withoutDigests(key: string, value: unknown): unknown {
  return key === 'code' || key === 'fingerprint' ? undefined : value;
}

describe('runs', () => {
  test.each(shown)('$file gives what is shown', async ({ commands, result }) => {
    const { code, stdout, stderr } = await stack.pawl(...runOf(commands[0]!), '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', result: result!.value });
  });
});

test('the commands shown for release.ts take a run to its end', async () => {
  const { commands } = examples.find(isNamed('release.ts'))!;
  const started = await stack.pawl(...runOf(commands[0]!), '--detach');
  const run = started.stdout.trim();
  for (const command of commands.slice(1, -1)) {
    const sent = stack.launch(...argumentsOf(command).map((word) => (word === 'RUN' ? run : word)));
    await until(() => sent.said('approval'));
    sent.child.kill();
  }
  const last = argumentsOf(commands.at(-1)!).map((word) => (word === 'RUN' ? run : word));
  const { code, stdout, stderr } = await stack.pawl(...last, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', result: '2001-02: 12' });
}, 60_000);

function runOf(command: string): string[] {
  return argumentsOf(command).map((word) => (examples.some(isNamed(word)) ? join(folder, word) : word));
}

const isNamed =
  (file: string) =>
  (example: Example): boolean =>
    example.file === file;
