import pc from 'picocolors';
import { isPawlError } from '../plan/failure.js';
import { printNote } from './output.js';
import { Interrupted } from './params/ask-params.js';

/**
 * One readable message with the next step; the stack only when asked for.
 * @returns the exit code that tells it.
 */
export function reportError(error: unknown, verbose: boolean): number {
  if (error instanceof Interrupted) {
    printNote(`\n${error.message}`);
    return 130;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red('error')} ${message}\n`);
  if (isPawlError(error) && error.hint) process.stderr.write(`${pc.cyan('  →')} ${error.hint}\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${pc.dim(fullStack(error))}\n`);
  else if (!isPawlError(error)) process.stderr.write(`${pc.dim('  (--verbose shows where)')}\n`);
  return 1;
}

function fullStack(error: Error): string {
  const own = error.stack ?? '';
  return error.cause instanceof Error ? `${own}\ncaused by ${fullStack(error.cause)}` : own;
}
