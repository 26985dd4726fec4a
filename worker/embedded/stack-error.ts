import { FailureType, isPawlError, PawlError } from '../../plan/failure.js';

const HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space, or set PAWL_STATE to a folder on another disk.',
  EDQUOT: 'Your disk quota is used up: free some space, or set PAWL_STATE to a folder on another disk.',
  EACCES: 'This user may not write there: change the owner of the folder, or set PAWL_STATE to one of your own.',
  EPERM: 'This user may not write there: change the owner of the folder, or set PAWL_STATE to one of your own.',
  EROFS: 'The file system is read-only: set PAWL_STATE to a folder that can be written.',
  ENAMETOOLONG: 'The path is too long: set PAWL_STATE to a shorter one.',
  ENOTDIR: 'A part of the path is a file: remove it, or set PAWL_STATE to another folder.',
  EEXIST: 'A file is in the place of the folder: remove it, or set PAWL_STATE to another folder.',
};

/** A failure of the embedded stack, as plain data: it travels from the keeper to the commands that use it. */
export interface Problem {
  readonly message: string;
  readonly hint: string | undefined;
}

/** The error of everything that can go wrong with the embedded stack. */
export function stackError(message: string, hint?: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, message, { hint, cause });
}

export function toProblem(error: unknown): Problem {
  if (isPawlError(error)) return { message: error.message, hint: error.hint };
  if (!(error instanceof Error)) return { message: String(error), hint: undefined };
  return { message: error.message, hint: HINTS[(error as NodeJS.ErrnoException).code ?? ''] };
}

export function toError({ message, hint }: Problem): PawlError {
  return stackError(message, hint);
}

/** Runs file work and turns what goes wrong into a {@link PawlError} that says what to do. */
export async function explainingFileErrors<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isPawlError(error) || code === undefined) throw error;
    throw stackError(`${doing}: ${message}`, HINTS[code], error);
  }
}

/** The advice for a server whose last words are `output`; servers put the system's error text into them. */
export function hintFor(output: string): string | undefined {
  if (/no space left on device/i.test(output)) return HINTS.ENOSPC;
  if (/permission denied/i.test(output)) return HINTS.EACCES;
  if (/read-only file system/i.test(output)) return HINTS.EROFS;
  return undefined;
}
