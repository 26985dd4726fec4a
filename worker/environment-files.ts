import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { FailureType, PawlError } from '../plan/failure.js';
import { firstMalformedLine } from './malformed-line.js';

export interface EnvironmentFilesOptions {
  /** Folder of the project. */
  readonly root: string;
  /** Name of the environment. */
  readonly name: string;
}

/**
 * Reads `.env` and then `.env.NAME` of a project into this process's variables. What the process has already wins, an
 * empty value too; `.env.NAME` wins over `.env`. The `pawl` command does this by itself; a program of one's own calls it
 * first.
 * @returns the files there were.
 * @throws PawlError `InvalidInput` with file and line for what is no variable. Values are never shown.
 */
export function loadEnvironmentFiles({ root, name }: EnvironmentFilesOptions): readonly string[] {
  const files = [`.env.${name}`, '.env'].flatMap((file) => readVariables(join(root, file)));
  const own = new Set(Object.keys(process.env));
  for (const { variables } of [...files].reverse()) {
    for (const [key, value] of Object.entries(variables)) if (!own.has(key)) process.env[key] = value;
  }
  return files.map(({ path }) => path);
}

interface EnvironmentFile {
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** None when there is no such file. */
function readVariables(path: string): readonly EnvironmentFile[] {
  const text = readText(path);
  if (text === null) return [];
  const malformed = firstMalformedLine(text);
  if (malformed) throw unreadable(`${path}:${malformed.line}: ${malformed.problem}`);
  const variables = parse(text);
  // It was read to choose between these files.
  if ('PAWL_ENV' in variables) throw unreadable(`${path}: PAWL_ENV chooses which of these files are read`, CHOOSE);
  return [{ path, variables }];
}

const CHOOSE = 'Choose the environment with --env NAME, or set PAWL_ENV in the shell.';

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(`${path} cannot be read: ${(error as Error).message}`, 'Let this user read it, or remove it.');
  }
}

function unreadable(
  message: string,
  hint = 'Write one NAME=VALUE a line; quote a value with spaces or line breaks; # begins a comment.',
): PawlError {
  return new PawlError(FailureType.InvalidInput, message, { hint, retryable: false });
}
