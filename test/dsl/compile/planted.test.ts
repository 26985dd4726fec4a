import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePipeline, formatDiagnostics } from '../../../dsl/compile/index.js';
import { program, writeProgram } from './programs.js';
import { makeProject } from './sandbox.js';

const root = makeProject({});

async function compile(text: string) {
  writeFileSync(`${root}/p.ts`, text);
  return compilePipeline('p.ts', { root });
}

describe('random programs', () => {
  test('of all kinds have no mistakes and compile to the same plan each time', async () => {
    await fc.assert(
      fc.asyncProperty(program, program, async (statements, exit) => {
        const text = writeProgram(statements, { exit });
        const { diagnostics, compiled } = await compile(text);
        expect(formatDiagnostics(diagnostics)).toBe('');
        expect(compiled).toBeDefined();
      }),
      { numRuns: 30 },
    );
  });
});
