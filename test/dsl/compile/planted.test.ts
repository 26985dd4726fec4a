import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePipeline, type Diagnostic, formatDiagnostics } from '../../../dsl/compile/index.js';
import { program, type VisibleNames, type WriteOptions, writeProgram } from './programs.js';
import { makeProject } from './sandbox.js';

const root = makeProject({});
const RUNS = { numRuns: 25 };

async function compile(text: string) {
  writeFileSync(`${root}/p.ts`, text);
  return compilePipeline('p.ts', { root });
}

/** Mistakes in one line, by the only code they are found under; `w` is a value with the properties of a work. */
const MISTAKES: Readonly<Record<string, (w: string) => string>> = {
  'ref-in-condition': (w) => `if (${w}.ok) void 0;`,
  'ref-in-comparison': (w) => `void (${w}.maybe === 'x');`,
  'ref-in-template': (w) => `void \`\${${w}.maybe}\`;`,
  'ref-in-arithmetic': (w) => `void (${w}.list - 1);`,
  'ref-in-typeof': (w) => `void typeof ${w};`,
  'ref-in-chain': (w) => `void ${w}?.ok;`,
  'ref-in-call': (w) => `void Array.isArray(${w}.list);`,
  'ref-in-json': (w) => `void JSON.stringify([${w}]);`,
  'ref-iterated': (w) => `for (const each of ${w}.list) void each;`,
  'ref-spread': (w) => `void { ...${w} };`,
  'ref-as-index': (w) => `void ({ a: 1 })[${w}.maybe];`,
  'ref-assigned': (w) => `${w}.ok = true;`,
  'impure-clock': () => 'void Date.now();',
  'impure-random': () => 'void Math.random();',
  'impure-environment': () => 'void process.env.HOME;',
  'impure-io': () => "console.log('drawing');",
  'not-json': (w) => `when(${w}.ok, () => work({ at: [new Date(0)] }, { id: 'dated' }), undefined, { id: 'plant-1' });`,
  'duplicate-id': (w) =>
    `when(${w}.ok, () => [1, 2].map((n) => work(n, { id: 'same' })), undefined, { id: 'plant-2' });`,
  misuse: (w) => `map(${w}.list, (item) => item, { concurrency: 0.5, id: 'plant-3' });`,
};

/** Those that say nothing while refs are misused elsewhere, and those after which nothing more can be found. */
const ALONE: Readonly<Record<string, (w: string) => string>> = {
  'unused-node': () => "work(1, { id: 'spare' });",
  unreachable: (w) => `present(${w}.list, (list) => list, undefined, { id: 'plant' });`,
  'missing-case': (w) => `match(${w}.variant, 'kind', { a: () => 1 }, { id: 'plant' });`,
  'unknown-property': (w) => `when(${w}.nothing, () => 1, undefined, { id: 'plant' });`,
  'ref-called': (w) => `${w}.list.map((item) => item);`,
  'async-pipeline': (w) => `when(${w}.ok, async () => 1, undefined, { id: 'plant' });`,
  'ref-awaited': (w) =>
    `when(${w}.ok, () => { const f = async () => await ${w}; void f(); return 1; }, undefined, { id: 'plant' });`,
};

type Found = Pick<Diagnostic, 'code' | 'line'>;

/** What is found in a random program with these mistakes in it, and what should be. */
async function plant(statements: Parameters<typeof writeProgram>[0], at: number, mistakes: readonly Mistake[]) {
  const write = ({ works }: VisibleNames) => mistakes.map(([, line]) => line(works[works.length - 1]!)).join('\n');
  let planted = '';
  const options: WriteOptions = { plant: { at, write: (scope) => (planted = write(scope)) } };
  const text = writeProgram(statements, options);
  const first = text.slice(0, text.indexOf(planted)).split('\n').length;
  const { diagnostics } = await compile(text);
  const found: Found[] = diagnostics.map(({ code, line }) => ({ code, line }));
  return { found, expected: mistakes.map(([code], index) => ({ code, line: first + index })) };
}

type Mistake = readonly [string, (w: string) => string];

describe('random programs', () => {
  test('of all kinds have no mistakes and compile to the same plan each time', async () => {
    await fc.assert(
      fc.asyncProperty(program, program, async (statements, exit) => {
        const text = writeProgram(statements, { exit });
        const { diagnostics, compiled } = await compile(text);
        expect(formatDiagnostics(diagnostics)).toBe('');
        expect((await compile(text)).compiled?.planHash).toBe(compiled!.planHash);
      }),
      RUNS,
    );
  });

  test('with some mistakes get exactly those diagnostics, in the order of their lines', async () => {
    const some = fc.shuffledSubarray(Object.entries(MISTAKES), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(program, fc.nat({ max: 8 }), some, async (statements, at, mistakes) => {
        const { found, expected } = await plant(statements, at, mistakes);
        expect(found).toEqual(expected);
      }),
      RUNS,
    );
  });

  test.each(Object.entries({ ...MISTAKES, ...ALONE }))('with one mistake get %s and no other', async (code, line) => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat({ max: 8 }), async (statements, at) => {
        const { found, expected } = await plant(statements, at, [[code, line]]);
        expect(found).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });
});
