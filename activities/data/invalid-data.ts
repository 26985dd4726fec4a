import { FailureType, PawlError } from '../../plan/failure.js';
import { firstLine } from './duckdb.js';

/** Data that cannot be used; trying again cannot help. */
export function invalidData(message: string, hint: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.InvalidData, message, { hint, retryable: false, cause });
}

/** Runs a query over a file, and says which file it was when DuckDB cannot read it. Pawl's own errors pass. */
export async function readingFile<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isReadError(error)) throw error;
    throw invalidData(`${what} cannot be read: ${firstLine(error)}`, hintFor(error.message), error);
  }
}

/** Errors of Pawl and of aborted signals have names of their own; want of memory says nothing about the file. */
function isReadError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'Error' && !/^(Out of Memory|INTERRUPT|FATAL)/i.test(error.message);
}

function hintFor(message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line) return `Look at line ${line} of the file.`;
  return 'The file is damaged or not what its name says: write or download it again.';
}

/** A number of rows as people read it: `508,239 rows`. */
export function rowCount(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
}
