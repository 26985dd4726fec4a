import type { Command } from 'commander';
import { explainStep } from '../../dsl/compile/index.js';
import { compileFile } from '../compile-file.js';
import { withExamples } from '../example.js';
import { printJson, printLine } from '../output.js';

export function addExplainCommand(program: Command): void {
  withExamples(
    program
      .command('explain <file> <step>')
      .description('list the code and the packages that the fingerprint of a step is made of')
      .option('--json', 'print as JSON: { fingerprint, files, packages }')
      .action(explain),
    'pawl explain examples/flight-delays/pipeline.ts next-month',
  );
}

async function explain(file: string, step: string, { json }: { readonly json?: boolean }): Promise<void> {
  // What is wrong with the file is said as everywhere else.
  await compileFile(file);
  const { fingerprint, files, packages } = await explainStep(file, step);
  const versions = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  if (json) return printJson({ fingerprint, files, packages: versions });
  printLine(`${step} ${fingerprint}`);
  for (const path of files) printLine(`  file     ${path}`);
  for (const version of versions) printLine(`  package  ${version}`);
}
