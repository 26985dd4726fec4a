import type { Command } from 'commander';
import pc from 'picocolors';
import { compilePipeline, formatDiagnostics } from '../../dsl/compile/index.js';
import { compileFile } from '../compile-file.js';
import { withExamples } from '../example.js';
import { printJson, printLine } from '../output.js';
import { writeOutputs } from '../write-outputs.js';

/** Commands that look at a pipeline file: check, compile, publish. */
export function addAuthoringCommands(program: Command): void {
  withExamples(
    program
      .command('check <file>')
      .description('find mistakes in a pipeline file, all at once, and give hints; exit 1 if there are errors')
      .option('--json', 'print diagnostics as JSON')
      .action(check),
    'pawl check examples/flight-delays/pipeline.ts',
  );
  withExamples(
    program
      .command('compile <file>')
      .description('write the plan, its annotations, the code bundle, JSON Schemas and a typed client, each as NAME.…')
      .requiredOption('--out <dir>', 'folder to write to')
      .option('--json', 'print what was written as JSON')
      .action(compile),
    'pawl compile examples/flight-delays/pipeline.ts --out build',
  );
  withExamples(
    program
      .command('publish <file>')
      .description('make this the current plan of its pipeline')
      .option('--json', 'print the result as JSON')
      .action(publishFile),
    'pawl publish examples/flight-delays/pipeline.ts',
  );
}

interface JsonOption {
  readonly json?: boolean;
}

async function check(file: string, { json }: JsonOption): Promise<void> {
  const { diagnostics } = await compilePipeline(file, { hints: true });
  const found = formatDiagnostics(diagnostics, { color: pc.isColorSupported });
  if (json) printJson(diagnostics);
  else
    printLine(
      diagnostics.length > 0 ? found : `${file}: no mistakes found (types are for TypeScript: npx tsc --noEmit)`,
    );
  if (diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}

async function compile(file: string, { out, json }: { out: string } & JsonOption): Promise<void> {
  const compiled = await compileFile(file);
  const { pipeline, code } = compiled.plan;
  const written = await writeOutputs(compiled, out);
  if (json) printJson({ pipeline, hash: compiled.planHash, code, ...written });
  else for (const path of Object.values(written)) printLine(path);
}

async function publishFile(file: string, { json }: JsonOption): Promise<void> {
  const compiled = await compileFile(file);
  const [{ publish }, { withSession }] = await Promise.all([
    import('../../worker/publish.js'),
    import('../session.js'),
  ]);
  const published = await withSession(async (session) => publish(compiled, await session.store()));
  if (json) printJson(published);
  else printLine(`${published.changed ? 'published' : 'already current:'} ${published.pipeline} ${published.planHash}`);
}
