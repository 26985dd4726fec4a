import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorLines, makeUserProject, type TypeScriptVersion, typeCheck, type UserOptions } from './user-project.js';

/** The type tests of this folder, as a user would have them: with the built package, and no test runner. */
function typeTests(): Record<string, string> {
  const names = readdirSync(import.meta.dirname).filter((name) => /^[a-z-]+\.test\.ts$/.test(name));
  const own = names.map((name) => [name, asUser(readFileSync(join(import.meta.dirname, name), 'utf8'))] as const);
  return Object.fromEntries(own.filter(([, text]) => text.includes('expectTypeOf')));
}

const RUNNER = `import { expectTypeOf } from 'expect-type';
declare function describe(name: string, tests: () => void): void;
declare function test(name: string, run: () => unknown): void;`;

function asUser(text: string): string {
  return text
    .replace(/import \{[^}]*\} from 'vitest';/, RUNNER)
    .replaceAll("'../../../dsl/index.js'", "'pawl'")
    .replaceAll("'../../../activities/index.js'", "'pawl/ml'");
}

const STRICTEST = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
const types = ['node'];

describe('a project with the built package', () => {
  test.each<[TypeScriptVersion, string, UserOptions]>([
    ['5.9', 'nodenext', { options: { types } }],
    ['5.9', 'bundler, strictest', { modules: 'bundler', options: { types, ...STRICTEST } }],
    ['6', 'nodenext', { options: { types } }],
    ['6', 'bundler, strictest', { modules: 'bundler', options: { types, ...STRICTEST } }],
    ['7', 'nodenext', { options: { types } }],
    ['7', 'nodenext, strictest', { options: { types, ...STRICTEST } }],
    ['7', 'bundler, strictest', { modules: 'bundler', options: { types, ...STRICTEST } }],
  ])('the type tests hold on TypeScript %s with %s', async (version, _, how) => {
    const files = typeTests();
    expect(Object.keys(files).length).toBeGreaterThanOrEqual(3);
    const folder = makeUserProject(files);
    expect(errorLines(await typeCheck(folder, version, how))).toEqual([]);
  });

  test.each(['5.9', '6', '7'] as const)(
    'our declarations are right by themselves on TypeScript %s',
    async (version) => {
      const folder = makeUserProject({ 'use.ts': "export * from 'pawl';\nexport * as ml from 'pawl/ml';\n" });
      const checked = await typeCheck(folder, version, { options: { types, skipLibCheck: false } });
      expect(errorLines(checked).filter((line) => !/^[^(]*node_modules\/(?!pawl\/dist)/.test(line))).toEqual([]);
    },
  );
});
