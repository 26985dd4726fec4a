import pc from 'picocolors';
import { type CompiledPipeline, compilePipeline, formatDiagnostics } from '../dsl/compile/index.js';
import { FailureType, PawlError } from '../plan/failure.js';

/**
 * Compiles a pipeline file for a command that goes on with the result. Diagnostics are printed.
 * @throws PawlError `InvalidPlan` when there are errors.
 */
export async function compileFile(file: string): Promise<CompiledPipeline> {
  const { diagnostics, compiled } = await compilePipeline(file);
  const shown = diagnostics.filter(({ severity }) => severity !== 'hint');
  if (shown.length > 0) process.stderr.write(`${formatDiagnostics(shown, { color: pc.isColorSupported })}\n`);
  if (compiled) return compiled;
  throw new PawlError(FailureType.InvalidPlan, `${file} does not compile`, { hint: 'Mend what is listed above.' });
}

/** Whether a command's argument is a file rather than the name of a published pipeline. */
export function isFile(argument: string): boolean {
  return /\.[cm]?[jt]s$/.test(argument) || argument.includes('/');
}
