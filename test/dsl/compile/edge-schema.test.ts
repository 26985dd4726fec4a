import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkEdgeSchema } from '../../../dsl/compile/index.js';
import { definitionSchema } from '../../../dsl/definition.js';
import { artifactSchema } from '../../../plan/artifact.js';

const codesOf = (schema: z.ZodType, side: 'input' | 'output' = 'output') =>
  checkEdgeSchema(schema, side).map(({ code, path }) => (path === '' ? code : `${code} ${path}`));

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
interface Tree {
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.object({ children: z.lazy(() => z.array(tree)) });

describe('schemas at edges', () => {
  test.each<[string, z.ZodType]>([
    [
      'scalars',
      z.tuple([z.string().trim().min(1), z.number(), z.int(), z.boolean(), z.null(), z.literal(['a', 1, null])]),
    ],
    ['formats', z.tuple([z.email(), z.url(), z.iso.date(), z.templateLiteral(['a-', z.number()]), z.enum(['x'])])],
    [
      'structures',
      z.strictObject({ a: z.array(z.string()), b: z.record(z.string(), z.number()), c: z.string().optional() }),
    ],
    [
      'unions',
      z.union([
        z.string(),
        z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
      ]),
    ],
    ['wrappers', z.string().nullable().default('x').readonly().brand('name')],
    ['refinements', z.object({ a: z.number().refine((n) => n > 1) }).superRefine(() => {})],
    ['intersections', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
    ['any JSON', z.json()],
    ['codecs', z.object({ at: isoDate, flag: z.stringbool() })],
    ['recursion', tree],
    ['nothing', z.never()],
    ['artifacts', artifactSchema],
    ['plain pipes', z.string().pipe(z.email())],
  ])('%s may stand at an edge', (_, schema) => {
    expect(codesOf(schema)).toEqual([]);
    expect(codesOf(schema, 'input')).toEqual([]);
  });

  test.each<[string, z.ZodType, string[]]>([
    ['transform', z.object({ a: z.string().transform(Number) }), ['edge-transform a']],
    ['preprocess', z.preprocess((value) => value, z.string()), ['edge-transform']],
    ['catch', z.array(z.string().catch('')), ['edge-transform []']],
    ['coerce', z.record(z.string(), z.coerce.boolean()), ['edge-transform {}']],
    ['success', z.success(z.string()), ['edge-transform']],
    ['dates', z.tuple([z.date()]), ['edge-type [0]']],
    ['bigints', z.union([z.bigint(), z.literal(1n)]), ['edge-type', 'edge-type']],
    [
      'maps and sets',
      z.object({ m: z.map(z.string(), z.string()), s: z.set(z.string()) }),
      ['edge-type m', 'edge-type s'],
    ],
    ['no value', z.union([z.undefined(), z.void(), z.literal(undefined)]), ['edge-type', 'edge-type', 'edge-type']],
    ['not numbers', z.nan(), ['edge-type']],
    ['symbols', z.symbol(), ['edge-type']],
    ['files', z.file(), ['edge-type']],
    ['promises', z.promise(z.string()), ['edge-type']],
  ])('%s may not, on either side', (_, schema, codes) => {
    expect(codesOf(schema)).toEqual(codes);
    expect(codesOf(schema, 'input')).toEqual(codes);
  });

  test('untyped values and definitions are for inputs only', () => {
    const untyped = z.object({ a: z.any(), b: z.unknown(), c: definitionSchema('model'), d: z.looseObject({}) });
    expect(codesOf(untyped, 'input')).toEqual([]);
    expect(codesOf(untyped)).toEqual(['any-output a', 'any-output b', 'any-output c', 'any-output d{}']);
  });

  test('names that a ref cannot have are refused in outputs', () => {
    const reserved = z.object({ then: z.string(), rows: z.array(z.object({ toJSON: z.string() })) });
    expect(codesOf(reserved)).toEqual(['reserved-key then', 'reserved-key rows[].toJSON']);
    expect(codesOf(reserved, 'input')).toEqual([]);
  });
});
