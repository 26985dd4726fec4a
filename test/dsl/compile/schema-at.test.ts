import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schemaAt } from '../../../dsl/compile/schema-at.js';
import { isAlwaysThere, keysOf, onlyValues } from '../../../dsl/compile/schema-facts.js';
import { valueSchemas } from '../../../dsl/compile/value-schemas.js';
import {
  approval,
  collect,
  map,
  match,
  orElse,
  pipeline,
  present,
  type Ref,
  reduce,
  reject,
  step,
  waitFor,
  when,
} from '../../../dsl/index.js';
import { jsonSchemaOf } from '../../../dsl/json-schema.js';
import type { Path } from '../../../plan/binding.js';

interface Tree {
  name: string;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.literal('square'), side: z.number(), note: z.string().optional() }),
]);

describe('schemaAt', () => {
  test.each<[string, z.ZodType, Path, z.ZodType]>([
    ['the value itself', z.string(), [], z.string()],
    ['a property', z.object({ a: z.object({ b: z.int() }) }), ['a', 'b'], z.int()],
    ['a property of what may be absent', z.object({ a: z.object({ b: z.int() }).nullish() }), ['a', 'b'], z.int()],
    ['behind a default', z.object({ a: z.object({ b: z.int() }).default({ b: 1 }) }), ['a', 'b'], z.int()],
    ['an element, which may not be there', z.array(z.string()), [3], z.string().optional()],
    ['a place in a tuple', z.tuple([z.string(), z.number()]), [1], z.number()],
    ['the rest of a tuple', z.tuple([z.string()], z.boolean()), [4], z.boolean().optional()],
    ['a value of a record', z.record(z.string(), z.number()), ['x'], z.number().optional()],
    ['a value of a record with known keys', z.record(z.enum(['a', 'b']), z.number()), ['b'], z.number()],
    ['what all variants have', shape, ['kind'], z.union([z.literal('circle'), z.literal('square')])],
    ['what one variant has', shape, ['radius'], z.number()],
    ['both sides of an intersection', z.intersection(z.object({ a: z.string() }), tree), ['name'], z.string()],
    ['deep in a recursion', tree, ['children', 0, 'children', 1, 'name'], z.string()],
    ['the JSON side of a codec', z.object({ at: isoDate }), ['at'], isoDate],
    ['inside of a codec', z.codec(z.object({ a: z.string() }), z.date(), codes()), ['a'], z.string()],
    ['the end of a pipe', z.object({ a: z.string() }).pipe(z.object({ a: z.string() })), ['a'], z.string()],
    ['any JSON', z.json(), ['a'], z.json().optional()],
    ['other properties', z.object({}).catchall(z.int()), ['a'], z.int().optional()],
    ['the unknown', z.unknown(), ['a', 1], z.unknown()],
  ])('gives %s', (_, schema, path, expected) => {
    expect(jsonSchemaOf(schemaAt(schema, path)!)).toEqual(jsonSchemaOf(expected));
  });

  test.each<[string, z.ZodType, Path]>([
    ['an unknown property', z.object({ a: z.string() }), ['b']],
    ['a property of a text', z.string(), ['length']],
    ['a key that a record cannot have', z.record(z.enum(['a']), z.string()), ['b']],
    ['a place past a tuple', z.tuple([z.string()]), [1]],
    ['what no variant has', shape, ['colour']],
    ['a name in a list', z.array(z.string()), ['first']],
  ])('gives nothing for %s', (_, schema, path) => {
    expect(schemaAt(schema, path)).toBeUndefined();
  });
});

test('isAlwaysThere is true only where no value can be missing', () => {
  const there = [z.string(), shape, z.enum(['a']), z.literal([1, true]), z.string().optional().nonoptional(), tree];
  const open = [z.string().nullable(), z.string().optional(), z.null(), z.literal(null), z.unknown(), z.json()];
  expect(there.map((schema) => isAlwaysThere(schema))).toEqual(there.map(() => true));
  expect(open.map((schema) => isAlwaysThere(schema))).toEqual(open.map(() => false));
});

test('onlyValues lists the values of literals, enums and unions of them', () => {
  expect(onlyValues(z.union([z.literal(['a', 1]), z.enum(['b', 'a']), z.null()]))).toEqual(['a', 1, 'b', null]);
  expect(onlyValues(z.boolean().readonly())).toEqual([true, false]);
  expect(onlyValues(schemaAt(shape, ['kind'])!)).toEqual(['circle', 'square']);
  expect(onlyValues(z.union([z.literal('a'), z.string()]))).toBeUndefined();
});

test('keysOf lists the keys of objects unless there may be others', () => {
  expect(keysOf(shape.options[0])).toEqual(['kind', 'radius']);
  expect(keysOf(z.object({ a: z.string() }).nullish())).toEqual(['a']);
  expect([z.record(z.string(), z.string()), z.looseObject({}), z.json()].map(keysOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

const circleOf = ({ radius }: { readonly radius: Ref<number> }) => radius;
const noteOf = ({ note }: { readonly note: Ref<string | undefined> }) => note;

describe('valueSchemas', () => {
  const load = step('load', { input: z.json(), output: z.object({ shape, list: z.array(z.string()) }) }, () => null!);
  const small = step('small', { input: z.json(), output: z.number() }, () => 1);
  const result = (draw: (loaded: ReturnType<typeof load>) => unknown) => {
    const params = z.object({ a: z.string(), n: z.int().nullable() });
    const drawn = pipeline('p', { params }, () => draw(load(1)));
    const traced = drawn.trace();
    return jsonSchemaOf(valueSchemas(drawn, traced).of(traced.block.result)!);
  };

  test.each<[string, (loaded: ReturnType<typeof load>) => unknown, z.ZodType]>([
    ['when', ({ list }) => when(list as never, () => small(1)), z.union([z.number(), z.null()])],
    ['match', (x) => match(x.shape, 'kind', { circle: circleOf, square: noteOf }), noted()],
    ['present', (x) => present(x.list, (list) => ({ list })), z.union([listed(), z.null()])],
    ['orElse', () => orElse(waitFor('e', z.int(), { timeout: '1h' }), 3), z.union([z.int(), z.literal(3)])],
    ['map', (x) => map(x.list, (item) => ({ item, n: small(item) })), z.array(item())],
    ['map with gaps', (x) => map(x.list, (i) => small(i), { minSuccess: 1 }), z.array(z.number().nullable())],
    ['collect', (x) => collect([x.list, 'a']), z.tuple([z.array(z.string()), z.literal('a')])],
    ['reduce', (x) => reduce<string, number>(x.list, 0, (_, i) => small(i)), z.union([z.literal(0), z.number()])],
    ['reject', (x) => reject(x), z.never()],
    ['approval', () => approval({ ask: '?', form: z.int() }).value, z.int().nullable()],
  ])('knows the result of %s', (_, draw, expected) => {
    expect(result(draw)).toEqual(jsonSchemaOf(expected));
  });

  test('knows the params and the result of a pipeline in a pipeline', () => {
    const inner = pipeline('inner', { params: z.object({ n: z.int() }) }, ({ n }) => ({ n, m: small(n) }));
    expect(result(() => inner({ n: 1 }))).toEqual(jsonSchemaOf(z.object({ n: z.int(), m: z.number() })));
  });

  function noted() {
    return z.union([z.number(), z.string().optional()]);
  }
  function listed() {
    return z.object({ list: z.array(z.string()) });
  }
  function item() {
    return z.object({ item: z.string(), n: z.number() });
  }
});

function codes() {
  return { decode: () => new Date(0), encode: () => ({ a: '' }) };
}
