import { describe, expect, test } from 'vitest';
import { compilePipeline } from '../../../dsl/compile/index.js';
import { makeProject } from './sandbox.js';

const HEAD = `import { approval, collect, map, match, onExit, orElse, pipeline, present, reduce, reject, secret, sleep, step, typedStep, waitFor, when, z, type Ref, type Wire } from 'pawl';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { twice, wrap } from './helpers.js';
import { outside, plain } from 'tools';
const load = step('load', { input: z.json(), output: z.object({ ok: z.boolean(), list: z.array(z.object({ id: z.string() })) }) }, () => ({ ok: true, list: [] }));
const typed = typedStep()('typed', { input: z.json(), output: z.object({ ok: z.boolean() }) }, () => ({ ok: true }));
`;

const HELPERS = `export const wrap = <T,>(value: T) => ({ value });
export function twice(make: (id: string) => unknown) { return [make('a'), make('b')]; }
`;

/** The codes found in a pipeline function's body, with the text they point at. */
async function found(body: string, before = ''): Promise<string[]> {
  const text = `${HEAD}${before}
const inner = pipeline('inner', { params: z.object({ a: z.string() }) }, ({ a }) => load(a));
const started = Date.now();
void [approval, collect, fs, inner, join, map, match, onExit, orElse, os, present, randomUUID, reduce, reject, secret, sleep, waitFor, when, twice, wrap, outside, plain, typed];
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
    .filter(({ code }) => /^(ref-|impure-|async-)/.test(code))
    .map(({ code, line, column }) => `${code} ${/^\w*/.exec(lines[line - 1]!.slice(column - 1))?.[0]}`);
}

describe('a ref is followed', () => {
  test.each<[string, string, string[]]>([
    ['from params', 'if (params.a) return 1;', ['ref-in-condition params']],
    ['through variables', 'const x = load(1); let y; y = x; if (y.ok) return 1;', ['ref-in-condition y']],
    ['through patterns', 'const { list: { id: key } } = load(1) as any; if (key) return 1;', ['ref-in-condition key']],
    ['through lists', 'const [x] = [load(1)]; if (x) return 1;', ['ref-in-condition x']],
    ['through objects', 'const o = { x: { y: load(1) } }; if (o.x.y.ok) return 1;', ['ref-in-condition o']],
    ['through helpers', 'const { value } = wrap(load(1).ok); if (value) return 1;', ['ref-in-condition value']],
    [
      'through callbacks',
      'const made = twice((id) => load(1, { id })); for (const x of made) if (x) return 1;',
      ['ref-in-condition x'],
    ],
    [
      'through maps',
      "const made = new Map<string, any>([['a', load(1)]]); made.set('b', load(2, { id: 'b' })); for (const [id, x] of made) { if (id) x.ok && 1; }",
      ['ref-in-condition x'],
    ],
    [
      'through what a map must have',
      "const m = new Map([['a', load(1)]]); if (m.get('a')!.ok) return 1;",
      ['ref-in-condition m'],
    ],
    [
      'through the values of a map',
      "const m = new Map([['a', load(1)]]); m.forEach((x) => x.ok && 1); [...m.values()].filter((y) => y.ok);",
      ['ref-in-condition x', 'ref-in-condition y'],
    ],
    [
      'through sets',
      'const s = new Set([load(1)]); s.add(load(2, { id: "b" })); for (const x of s) if (x.ok) return 1;',
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

describe('a ref is followed through controls', () => {
  test.each<[string, string, string[]]>([
    ['out of match', "if (match(load(1), 'kind', { a: () => 1 })) return 1;", ['ref-in-condition match']],
    ['into match', "match(load(1), 'kind', { a: (x) => !x.ok });", ['ref-in-condition x']],
    ['into match by value', 'match(load(1).ok, { true: (x) => !x, false: () => 1 });', ['ref-in-condition x']],
    ['into otherwise', "const x = load(1); match(x, 'k', {}, { otherwise: () => !x.ok });", ['ref-in-condition x']],
    ['out of present', 'if (present(load(1).ok, () => 1)) return 1;', ['ref-in-condition present']],
    [
      'into present',
      'const x = load(1); present(x.ok, (y) => !y, () => !x);',
      ['ref-in-condition y', 'ref-in-condition x'],
    ],
    ['out of orElse', 'if (orElse(load(1).ok, true)) return 1;', ['ref-in-condition orElse']],
    ['out of collect', 'const { a } = collect({ a: load(1) }); if (a) return 1;', ['ref-in-condition a']],
    ['out of reduce', 'if (reduce(load(1).list, 0, (x) => x)) return 1;', ['ref-in-condition reduce']],
    [
      'into reduce',
      'reduce(load(1).list, 0, (x, y) => (x ? y : y.id + 1), { key: (y) => !y });',
      ['ref-in-condition x', 'ref-in-arithmetic y', 'ref-in-condition y'],
    ],
    ['out of approval', "if (approval({ ask: '?' }).approved) return 1;", ['ref-in-condition approval']],
    ['out of waitFor', "if (waitFor('e', z.string())) return 1;", ['ref-in-condition waitFor']],
    ['out of sleep', "if (sleep('1s')) return 1;", ['ref-in-condition sleep']],
    ['out of secrets', "if (secret('A')) return 1;", ['ref-in-condition secret']],
    ['into onExit', "onExit((run) => (run.outcome === 'failed' ? load(1) : null));", ['ref-in-comparison run']],
    ['out of pipelines', 'if (inner({ a: params.a }).ok) return 1;', ['ref-in-condition inner']],
    [
      'through the order of nodes',
      'const x = load(1); const y = load(2, { id: "y", after: [x] }); if (y) return 1;',
      ['ref-in-condition y'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(await found(body)).toEqual(expected);
  });
});

describe('a class is followed', () => {
  const FLOW =
    "class Base { low(x: any) { return !x; } } class Flow extends Base { made: any; constructor(private x: any) { super(); this.made = load(2, { id: 'made' }); } own() { return this.x.ok ? 1 : 2; } kept() { return this.made.ok && 1; } of(x: any) { return x ? 1 : 2; } static all(x: any) { return x ? 1 : 2; } once: any; late() { if (this.once === undefined) this.once = load(3, { id: 'once' }); return this.once; } }";
  test.each<[string, string[]]>([
    ['new Flow(load(1)).own();', ['ref-in-condition this']],
    ['new Flow(1).kept();', ['ref-in-condition this']],
    ['const N = class { next: any = plain(0) ? new Again() : null; }; const Again = N; return new N().next;', []],
    ['new Flow(1).of(load(1).ok);', ['ref-in-condition x']],
    ['Flow.all(load(1).ok);', ['ref-in-condition x']],
    ['new Flow(1).low(load(1).ok);', ['ref-in-condition x']],
    ['const f = new Flow(1); return [f.late(), f.late(), f.of(2)];', []],
    [
      'const o: any = {}; const get = () => { if (o.x === undefined) o.x = load(1); return o.x; }; return [get(), get()];',
      [],
    ],
  ])('%s', async (body, expected) => {
    expect(await found(body, FLOW)).toEqual(expected);
  });
});

describe('a decision is found', () => {
  test.each<[string, string[]]>([
    [
      'const { ok = true, list: [first = 1] } = load(1) as any; return [ok, first];',
      ['ref-in-condition ok', 'ref-iterated '],
    ],
    ["map(load(1).list, ({ id = 'none' }) => id, { key: (x) => x.id });", ['ref-in-condition id']],
    ['[load(1)].filter((x) => x.ok);', ['ref-in-condition x']],
    ['[load(1)].some((x) => { return x.ok; });', ['ref-in-condition ']],
    ['const x = [load(1)].findLast(() => true)!; if (x.ok) return 1;', ['ref-in-condition x']],
    ['const f = (x: string | Ref<boolean>) => (x ? 1 : 2); f(load(1).ok);', ['ref-in-condition x']],
  ])('in %s', async (body, expected) => {
    expect(await found(body)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['while', 'let x = load(1); while (x.ok) x = load(x);'],
    ['do', 'let x = load(1); do x = load(x); while (x.ok);'],
    ['for', 'for (let x = load(1); x.ok; ) x = load(x);'],
    ['a loop that is left', 'let x = load(1); while (true) { x = load(x); if (!x.ok) break; }'],
    [
      'a function that a loop asks',
      'const go = (x: any) => (x.ok ? 1 : 0); let x = load(1); while (go(x)) x = load(x);',
    ],
  ])('where a loop would never end: %s', async (_, body) => {
    expect(await found(body)).toEqual([expect.stringMatching('^ref-in-condition x')]);
  });
});

describe('a function that reads a ref', () => {
  test.each<[string, string[]]>([
    ['String(params.a);', ['ref-in-call params']],
    ['Number(params.a) + Math.max(1, params.a);', ['ref-in-call params', 'ref-in-call params']],
    ['parseInt(params.a, 10);', ['ref-in-call params']],
    ['new Date(params.a);', ['ref-in-call params']],
    ['JSON.stringify(params.a);', ['ref-in-json params']],
    ['JSON.stringify({ x: [params.a] });', ['ref-in-json ']],
    ['Object.keys(params);', ['ref-in-call params']],
    ['Object.assign({}, params);', ['ref-spread params']],
    ['for (const x of Object.values({ a: params.a })) if (x) return 1;', ['ref-in-condition x']],
    ['for (const [, x] of Object.entries({ a: params.a })) if (x) return 1;', ['ref-in-condition x']],
    ['Array.from(params.list);', ['ref-in-call params']],
    ['for (const x of Array.from([1], () => load(1))) if (x.ok) return 1;', ['ref-in-condition x']],
    ['Array.isArray(params.list);', ['ref-in-call params']],
    ['structuredClone(params);', ['ref-in-call params']],
    ['join(params.a, "x");', ['ref-in-call params']],
    ["if ('a' in params) return 1;", ['ref-in-comparison params']],
    ['if (params instanceof Date) return 1;', ['ref-in-comparison params']],
    ['if (Object.is(params.a, 1)) return 1;', ['ref-in-comparison params']],
    ['params.a = 1;', ['ref-assigned params']],
    ['delete params.a;', ['ref-assigned params']],
    ['const read = String; read(params.a);', ['ref-in-call params']],
  ])('is found: %s', async (body, expected) => {
    expect(await found(body)).toEqual(expected);
  });
});

describe('what has another result each time', () => {
  test.each<[string, string[]]>([
    ['Date.now();', ['impure-clock Date']],
    ['new Date(); new Date(0);', ['impure-clock new']],
    ['performance.now();', ['impure-clock performance']],
    ['const { now } = Date; now();', ['impure-clock now']],
    ['Math.random(); Math.floor(1.5);', ['impure-random Math']],
    ['crypto.randomUUID();', ['impure-random crypto']],
    ['randomUUID();', ['impure-random randomUUID']],
    ['process.env.HOME;', ['impure-environment process']],
    ['const { env } = process; env.HOME;', ['impure-environment env']],
    ['os.cpus();', ['impure-environment os']],
    ["fs.existsSync('x');", ['impure-io fs']],
    ["console.log('drawing');", ['impure-io console']],
    ['const f = () => [1, 2].map(() => Math.random()); f();', ['impure-random Math']],
    ["when(params.a, () => load(Date.now()), () => load('b'));", ['impure-clock Date']],
    ['load(started);', ['impure-clock Date']],
    ['when(params.a, async () => load(1));', ['async-pipeline async']],
  ])('is found: %s', async (body, expected) => {
    expect(await found(body)).toEqual(expected);
  });

  test.each<[string]>([
    ["const own = step('own', { input: z.string(), output: z.number() }, () => Date.now()); return own(params.a);"],
    ['const date = z.string().refine(() => Math.random() > 0); return load([date ? 1 : 2]);'],
    ['outside(() => new Date());'],
    ['const unused = () => process.env.HOME; return load(1);'],
    ["const Date = { now: () => 1 }; load(Date.now()); const console = { log() {} }; console.log('x');"],
    ["join('a', 'b');"],
  ])('is not seen where it is none or is not drawn: %s', async (body) => {
    expect(await found(body)).toEqual([]);
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
    [
      'what may not be there yet',
      "const all: any = {}; let last: any; for (const id of ['a', 'b']) { const x = all[id]?.ok; const y = last?.ok; last = { ok: load([x ? x : 1, y ? y : 2], { id }) }; all[id] = last.ok; }",
    ],
    [
      'a choice of what is known',
      'const x = plain(1) && load(1); const y = plain(2) ? load(2, { id: "y" }) : false; return [...(x ? [x] : []), y || 1];',
    ],
    [
      'what is filtered out',
      'const compact = <T,>(list: readonly (T | undefined)[]) => list.filter((x): x is T => x !== undefined); return compact([load(1)]);',
    ],
    [
      'what a package makes of an object',
      'const { deep, x } = outside({ deep: true, x: load(1) }); return deep ? x : 1;',
    ],
    [
      'which of several things a function was given',
      "const name = (x: string | Ref<string>) => (typeof x === 'string' ? load(x, { id: 'load-' + x }) : load(x)); const all = (x: Ref<any> | Ref<any>[]) => (Array.isArray(x) ? x.map((y) => y) : x); const ask = (x: Wire<string> | (() => any)) => (typeof x === 'function' ? x() : x); return [name(params.a), all(params.a), ask(params.a)];",
    ],
    ['names that hide others', 'const x = load(1); const f = (x: number) => (x > 1 ? 1 : 2); return [x, f(2)];'],
  ])('%s', async (_, body) => {
    expect(await found(body)).toEqual([]);
  });
});
