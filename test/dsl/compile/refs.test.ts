import { describe, expect, test } from 'vitest';
import { compilePipeline } from '../../../dsl/compile/index.js';
import { makeProject } from './sandbox.js';

const HEAD = `import { map, pipeline, reject, step, typedStep, when, z } from 'pawl';
import { twice, wrap } from './helpers.js';
import { outside, plain } from 'tools';
const load = step('load', { input: z.json(), output: z.object({ ok: z.boolean(), list: z.array(z.object({ id: z.string() })) }) }, () => ({ ok: true, list: [] }));
const typed = typedStep()('typed', { input: z.json(), output: z.object({ ok: z.boolean() }) }, () => ({ ok: true }));
`;

const HELPERS = `export const wrap = <T,>(value: T) => ({ value });
export function twice(make: (id: string) => unknown) { return [make('a'), make('b')]; }
`;

/** The codes found in a pipeline function's body, with the text they point at. */
async function found(body: string): Promise<string[]> {
  const text = `${HEAD}void [map, reject, when, twice, wrap, outside, plain, typed];
export default pipeline('p', { params: z.object({ a: z.string(), list: z.array(z.string()) }) }, (params) => {
${body}
return null;
});
`;
  const root = makeProject({
    'p.ts': text,
    'helpers.ts': HELPERS,
    'node_modules/tools/package.json':
      '{ "name": "tools", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/tools/index.js': 'export const outside = (value) => value;\nexport const plain = (text) => text;\n',
  });
  const { diagnostics } = await compilePipeline('p.ts', { root });
  const lines = text.split('\n');
  return diagnostics
    .filter(({ code }) => code.startsWith('ref-'))
    .map(({ code, line, column }) => `${code} ${/^\w*/.exec(lines[line - 1]!.slice(column - 1))?.[0]}`);
}

describe('a ref is followed', () => {
  test.each<[string, string, string[]]>([
    ['from params', 'if (params.a) return 1;', ['ref-in-condition params']],
    ['through variables', 'const x = load(1); let y; y = x; if (y.ok) return 1;', ['ref-in-condition y']],
    ['through patterns', 'const { list: { id = 1 } } = load(1) as any; if (id) return 1;', ['ref-in-condition id']],
    ['through lists', 'const [x] = [load(1)]; if (x) return 1;', ['ref-in-condition x']],
    ['through objects', 'const o = { x: { y: load(1) } }; if (o.x.y.ok) return 1;', ['ref-in-condition o']],
    ['through helpers', 'const { value } = wrap(load(1).ok); if (value) return 1;', ['ref-in-condition value']],
    [
      'through callbacks',
      'const made = twice((id) => load(1, { id })); for (const x of made) if (x) return 1;',
      ['ref-in-condition x'],
    ],
    [
      'through list methods',
      "const all = ['a', 'b'].map((id) => load(id, { id })); all.forEach((x) => x.ok && 1);",
      ['ref-in-condition x'],
    ],
    ['out of typed steps', 'if (typed(1).ok) return 1;', ['ref-in-condition typed']],
    ['out of when', 'if (when(load(1).ok, () => 1)) return 1;', ['ref-in-condition when']],
    ['out of map', 'if (map(load(1).list, (x) => x.id)) return 1;', ['ref-in-condition map']],
    ['into map', 'map(load(1).list, (x) => (x.id ? 1 : 2));', ['ref-in-condition x']],
    ['into the key of map', 'map(load(1).list, (x) => x.id, { key: (x) => x.id || x.id });', ['ref-in-condition x']],
    [
      'into when',
      'const x = load(1); when(x.ok, () => (x.list ? 1 : 2), () => x.ok && 1);',
      ['ref-in-condition x', 'ref-in-condition x'],
    ],
    ['through packages', 'if (outside(load(1).ok)) return 1;', ['ref-in-condition outside']],
    [
      'through loops',
      "let last = load(1); for (const id of ['a', 'b']) { const before = last; last = load(before, { id }); if (before.ok) break; }",
      ['ref-in-condition before'],
    ],
    [
      'through local functions',
      'const f = (x: any) => x.ok; function g(x: any) { return f(x); } if (g(load(1))) return 1;',
      ['ref-in-condition g'],
    ],
    ['through default values', 'const f = (x: any = load(1)) => !x.ok; f(undefined);', ['ref-in-condition x']],
    [
      'into closures',
      'const x = load(1); const f = () => { if (x.ok) return 1; return 2; }; f();',
      ['ref-in-condition x'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(await found(body)).toEqual(expected);
  });
});

describe('nothing is said about', () => {
  test.each<[string, string]>([
    ['plain results of packages', "if (plain('x')) load(1);"],
    ['refs that are only passed on', 'const x = load(params.list); return [x, { x }, wrap(x), outside(x)];'],
    ['optional refs', 'const f = (x?: any) => (x ? load(x, { id: "b" }) : null); f(); f(load(1));'],
    [
      'refs that come late',
      "let x; for (const id of ['a', 'b']) x = x === undefined ? load(1, { id }) : load(x, { id });",
    ],
    [
      'lengths of own lists',
      'const all = [load(1)]; if (all.length > 0 && all.some((x) => x === null)) return 1;'.replace(
        'x === null',
        'Array.isArray([])',
      ),
    ],
    [
      'functions of steps',
      "const own = step('own', { input: z.string(), output: z.string() }, (x) => (x ? x + 1 : String(x))); return own(params.a);",
    ],
    [
      'functions that call themselves',
      'const f = (n: number, x: any): any => (n > 0 ? f(n - 1, load(x, { id: "n" + n })) : x); return f(3, params.a);',
    ],
    ['names that hide others', 'const x = load(1); const f = (x: number) => (x > 1 ? 1 : 2); return [x, f(2)];'],
  ])('%s', async (_, body) => {
    expect(await found(body)).toEqual([]);
  });
});
