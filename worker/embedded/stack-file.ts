import { readFile } from 'node:fs/promises';
import type { ProcessIdentity } from './process-identity.js';
import type { Problem } from './stack-error.js';
import { writeAtomically } from './write-atomically.js';

const FORMAT = 1;

/** Where the servers of a stack are. */
export interface Services {
  /** `host:port` of Temporal's gRPC service. */
  readonly temporalAddress: string;
  readonly temporalUiUrl: string;
  /** With the password in it. */
  readonly databaseUrl: string;
}

/** The text of `stack.json`: how to reach the keeper, and what it takes care of. */
export interface StackFile {
  readonly format: typeof FORMAT;
  readonly status: 'starting' | 'ready' | 'failed';
  readonly keeper: ProcessIdentity;
  /** Loopback port of the keeper. */
  readonly port: number;
  /** Who shows it to the keeper may use the stack. */
  readonly token: string;
  /** Set while `status` is `ready`. */
  readonly services: Services | null;
  /** The server processes, so that the next keeper can end what this one could not. */
  readonly servers: readonly ServerRecord[];
  /** Set when `status` is `failed`. */
  readonly problem: Problem | null;
}

export interface ServerRecord extends ProcessIdentity {
  readonly name: string;
}

/** Reads `stack.json`; `null` when there is none, or one that another version of Pawl wrote. */
export async function readStackFile(file: string): Promise<StackFile | null> {
  try {
    const text = JSON.parse(await readFile(file, 'utf8')) as StackFile;
    return text.format === FORMAT ? text : null;
  } catch {
    return null;
  }
}

export async function writeStackFile(file: string, content: Omit<StackFile, 'format'>): Promise<void> {
  await writeAtomically(file, `${JSON.stringify({ format: FORMAT, ...content }, null, 2)}\n`);
}
