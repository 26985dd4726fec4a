import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../support/stack.js';
import { type Example, examplesOf } from './examples.js';

/** The examples of `docs/testing.md` as files of a project. */
export interface TestingExamples {
  readonly files: readonly Example[];
  /** Type-checks them. @returns what the compiler says; empty: nothing. */
  check(): Promise<string>;
  /** Runs the tests of files as a user would. @returns how many passed and failed, and what was said. */
  run(files: readonly string[]): Promise<{ passed: number; failed: number; output: string }>;
  remove(): void;
}

export function writeExamples(): TestingExamples {
  // Inside of the checkout, where `pawl` is this package.
  mkdirSync(join(projectFolder, '.pawl'), { recursive: true });
  const folder = mkdtempSync(join(projectFolder, '.pawl', 'test-testing-'));
  const files = examplesOf('docs/testing.md');
  for (const { file, code } of files) writeFileSync(join(folder, file), code);
  // Otherwise the test runner would take that of the checkout.
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
  return {
    files,
    check: async () => {
      const compilerOptions = {
        ...{ strict: true, noEmit: true, skipLibCheck: true, types: ['node'] },
        ...{ module: 'nodenext', target: 'es2022' },
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      return (await runNode(['typescript', 'bin', 'tsc'], ['-p', folder])).stdout;
    },
    run: async (names) => {
      const report = join(folder, 'report.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { stdout, stderr } = await runNode(
        ['vitest', 'vitest.mjs'],
        ['run', '--root', folder, ...reporters, ...names],
      );
      const told = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number };
      return { passed: told.numPassedTests, failed: told.numFailedTests, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runNode(program: readonly string[], args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const path = join(projectFolder, 'node_modules', ...program);
  return promisify(execFile)(process.execPath, [path, ...args], { cwd: projectFolder }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ stdout, stderr }),
  );
}
