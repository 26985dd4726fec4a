import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contractOf, contractSchema, sql, timestamp } from '../../../../activities/data/contract/index.js';
import { digestOfJson } from '../../../../plan/canonical.js';
import type { PawlError } from '../../../../plan/failure.js';

const column = (schema: z.ZodType) => contractOf(z.object({ x: schema })).columns[0]!;

function refusalOf(schema: z.ZodType): PawlError {
  try {
    column(schema);
  } catch (error) {
    return error as PawlError;
  }
  throw new Error('it was accepted');
}

describe('contractOf', () => {
  it('reads numbers with their bounds', () => {
    expect(column(z.int().min(-60).lt(1440).multipleOf(2))).toEqual({
      name: 'x',
      type: 'int',
      zone: null,
      nullable: false,
      optional: false,
      rules: [
        { rule: 'min', value: -60, exclusive: false },
        { rule: 'max', value: 1440, exclusive: true },
        { rule: 'multipleOf', value: 2 },
      ],
    });
    expect(column(z.number().positive()).rules).toEqual([{ rule: 'min', value: 0, exclusive: true }]);
    expect(column(z.number().int())).toMatchObject({ type: 'int', rules: [] });
    expect(column(z.int32()).rules).toMatchObject([{ value: -(2 ** 31) }, { value: 2 ** 31 - 1 }]);
    expect(column(z.number().lt(Number.POSITIVE_INFINITY)).rules).toEqual([]);
  });

  it('reads texts, formats, enums and literals', () => {
    expect(
      column(
        z
          .string()
          .length(3)
          .regex(/^[a-z]/i)
          .startsWith('a')
          .includes('b'),
      ).rules,
    ).toEqual([
      { rule: 'minLength', value: 3 },
      { rule: 'maxLength', value: 3 },
      { rule: 'pattern', source: '^[a-z]', flags: 'i', format: null },
      { rule: 'startsWith', text: 'a' },
      { rule: 'includes', text: 'b' },
    ]);
    expect(column(z.email()).rules).toMatchObject([{ rule: 'pattern', format: 'email' }]);
    expect(column(z.uuid().min(3)).rules).toMatchObject([{ format: 'uuid' }, { rule: 'minLength' }]);
    expect(column(z.enum(['a', 'b']))).toMatchObject({ type: 'text', rules: [{ rule: 'oneOf', values: ['a', 'b'] }] });
    expect(column(z.literal([1, 2, null]))).toMatchObject({ type: 'int', nullable: true, rules: [{ values: [1, 2] }] });
    expect(column(z.templateLiteral(['a', z.enum(['x', 'y'])])).rules).toMatchObject([{ source: '^a(x|y)$' }]);
  });

  it('joins unions of one kind', () => {
    expect(column(z.union([z.literal('a'), z.enum(['b']), z.null()]))).toMatchObject({
      nullable: true,
      rules: [{ rule: 'oneOf', values: ['a', 'b'] }],
    });
    expect(column(z.union([z.int().max(0), z.int().min(10)])).rules).toMatchObject([{ rule: 'anyOf' }]);
    expect(column(z.union([z.int(), z.int().min(10)])).rules).toEqual([]);
    expect(column(z.union([z.literal(1), z.literal(1.5)]))).toMatchObject({ type: 'double' });
    expect(refusalOf(z.union([z.int(), z.string()])).message).toMatch(/union of int and text/);
  });

  it('collects what stands in wrappers, wherever the tag is', () => {
    const zoned = timestamp({ zone: 'UTC' }).nullable().optional().meta({ title: 'when' });
    expect(column(zoned)).toMatchObject({ type: 'timestamp', zone: 'UTC', nullable: true, optional: true });
    expect(column(z.string().nullish().readonly())).toMatchObject({ nullable: true, optional: true });
    expect(column(z.string().optional().nonoptional())).toMatchObject({ optional: false });
    expect(column(z.int().default(3))).toMatchObject({ optional: false, default: 3 });
    expect(column(z.iso.date())).toMatchObject({ type: 'date', rules: [] });
    expect(column(timestamp({ min: '2001-01-01T00:00:00' })).rules).toMatchObject([{ value: '2001-01-01T00:00:00' }]);
  });

  it('takes row rules and says what happens to other columns', () => {
    const rows = z.strictObject({ a: z.int(), b: z.int() }).check(sql('a < b', 'a comes first'));
    expect(contractOf(rows)).toMatchObject({
      rules: [{ sql: 'a < b', description: 'a comes first' }],
      others: 'refused',
    });
    expect(contractOf(rows.extend({ c: z.int() })).rules).toHaveLength(1);
    expect(contractOf(z.object({ a: z.int() })).others).toBe('ignored');
  });

  it.each<[string, z.ZodType, RegExp]>([
    ['refine', z.string().refine(() => true), /refine, check and superRefine/],
    ['superRefine', z.number().superRefine(() => {}), /refine, check and superRefine/],
    [
      'check outside of nullable',
      z
        .int()
        .nullable()
        .refine(() => true),
      /outside of nullable/,
    ],
    [
      'check outside of default',
      z
        .int()
        .default(1)
        .refine(() => true),
      /outside of nullable/,
    ],
    ['refine on an enum', z.enum(['a']).refine(() => true), /refine, check/],
    ['refine on a union', z.union([z.int(), z.null()]).refine(() => true), /refine, check/],
    ['transform', z.string().transform((text) => text), /transform, preprocess/],
    ['preprocess', z.preprocess((value) => value, z.int()), /transform, preprocess/],
    ['codec', z.stringbool(), /transform, preprocess/],
    ['pipe', z.string().pipe(z.string()), /transform, preprocess/],
    ['catch', z.int().catch(0), /z\.catch/],
    ['prefault', z.int().prefault(0), /z\.prefault/],
    ['coerce number', z.coerce.number(), /coerce/],
    ['coerce text', z.coerce.string(), /coerce/],
    ['coerce boolean', z.coerce.boolean(), /coerce/],
    ['trim', z.string().trim(), /change the value/],
    ['url', z.url(), /format "url"/],
    ['base64', z.base64(), /format "base64"/],
    ['datetime', z.iso.datetime(), /iso\.datetime/],
    ['look-ahead', z.string().regex(/a(?=b)/), /look-ahead/],
    ['look-behind', z.string().regex(/(?<!a)b/), /look-ahead and look-behind/],
    ['back-reference', z.string().regex(/(a)\1/), /back-references/],
    ['named back-reference', z.string().regex(/(?<x>a)\k<x>/), /back-references/],
    ['sticky regex', z.string().regex(/a/y), /flag "y"/],
    ['multi-line regex', z.string().regex(/^a$/m), /flag "m"/],
    ['Date', z.date(), /z\.date/],
    ['bigint', z.bigint(), /z\.bigint/],
    ['array', z.array(z.int()), /z\.array/],
    ['object', z.object({ a: z.int() }), /z\.object/],
    ['any', z.any(), /z\.any/],
    ['null', z.null(), /z\.null/],
    ['lazy', z.lazy(() => z.int()), /z\.lazy/],
    ['text conditions on a timestamp', timestamp().min(3), /takes no text conditions/],
    ['mixed literals', z.literal(['a', 1]), /not all texts/],
  ])('refuses %s, naming the column and what to do', (_, schema, message) => {
    const error = refusalOf(schema);
    expect(error).toMatchObject({ name: 'PawlError', type: 'InvalidPlan', retryable: false });
    expect(error.message).toMatch(/^column "x": /);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\.$/);
  });

  it('refuses functions over rows, loose objects and no columns', () => {
    expect(() => contractOf(z.object({ a: z.int() }).refine(() => true))).toThrow(/function over the whole row/);
    expect(() => contractOf(z.looseObject({ a: z.int() }))).toThrow(/beside the named ones/);
    expect(() => contractOf(z.object({}))).toThrow(/no columns/);
    expect(() => sql('a; drop table b')).toThrow(/cannot be a row rule/);
    expect(() => timestamp({ zone: 'Mars/Olympus' })).toThrow(/not a time zone/);
    expect(() => timestamp({ min: '2001-01-01' })).toThrow(/not a timestamp without zone/);
  });

  it('gives canonical JSON that its own schema reads back', () => {
    const rows = () =>
      z.object({
        at: timestamp(),
        s: z.string().regex(/^a\/b/i).nullable(),
        n: z.union([z.int().max(1), z.int().min(5)]),
      });
    const contract = contractOf(rows());
    expect(contractSchema.parse(JSON.parse(JSON.stringify(contract)))).toEqual(contract);
    expect(digestOfJson(contract)).toBe(digestOfJson(contractOf(rows())));
  });
});
