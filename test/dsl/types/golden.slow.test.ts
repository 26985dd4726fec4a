import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorLines, makeUserProject, type TypeScriptVersion, typeCheck } from './user-project.js';

const golden = join(import.meta.dirname, 'golden');
const misuses = readFileSync(join(golden, 'misuses.ts.txt'), 'utf8');

async function errors(version: TypeScriptVersion): Promise<readonly string[]> {
  return errorLines(await typeCheck(makeUserProject({ 'misuses.ts': misuses }), version));
}

const lineOf = (error: string): number => Number(/\((\d+),/.exec(error)?.[1]);
const source = misuses.split('\n');

describe('what the editor says of a misuse', () => {
  test('reads well on TypeScript 7', async () => {
    const told = (await errors('7')).map((error) => {
      const message = error.replace(/^.*: error (TS\d+): /, '$1 ');
      return `${source[lineOf(error) - 1]!.trim()}\n    ${message}\n`;
    });
    await expect(told.join('\n')).toMatchFileSnapshot(join(golden, 'misuses.errors.txt'));
  });

  test.each(['5.9', '6'] as const)('is said at the same lines by TypeScript %s', async (version) => {
    const lines = async (of: TypeScriptVersion) => [...new Set((await errors(of)).map(lineOf))];
    expect(await lines(version)).toEqual(await lines('7'));
  });
});
