import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../plan/json.js';
import { projectFolder } from '../support/stack.js';

/** A file that a document shows, and what it says a run of it gives. */
export interface Example {
  readonly file: string;
  readonly code: string;
  /** The `pawl` commands shown after it. */
  readonly commands: readonly string[];
  /** The result shown after those; undefined when none is. */
  readonly result: { readonly value: Json } | undefined;
}

const FENCE = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/** The examples of a document: each block of TypeScript that has a file name, with the blocks that belong to it. */
export function examplesOf(document: string): readonly Example[] {
  const text = readFileSync(join(projectFolder, document), 'utf8');
  const examples: Example[] = [];
  for (const [, language, file, body = ''] of text.matchAll(FENCE)) {
    if (language === 'ts' && file) examples.push({ file, code: body, commands: [], result: undefined });
    const last = examples.pop();
    if (!last) continue;
    if (language === 'sh') examples.push({ ...last, commands: body.trim().split('\n') });
    else if (language === 'json') examples.push({ ...last, result: { value: JSON.parse(body) as Json } });
    else examples.push(last);
  }
  return examples;
}

/** The arguments of a command line as a shell would pass them, without `pawl`. */
export function argumentsOf(command: string): readonly string[] {
  const words = command.match(/'[^']*'|\S+/g) ?? [];
  return words.slice(1).map((word) => word.replace(/^'(.*)'$/, '$1'));
}
