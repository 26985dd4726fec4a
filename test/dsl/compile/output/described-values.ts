import fc from 'fast-check';
import { z } from 'zod';
import type { Json } from '../../../../plan/json.js';

/** A schema, a value that it accepts, and perhaps one that is plainly wrong. */
export interface Described {
  readonly schema: z.ZodType;
  readonly good: Json;
  readonly bad?: Json;
}

const text = fc.string({ maxLength: 5 });
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'name', 'odd name', '1st', "it's", '"', 'class', '$x', '-', ''),
  fc.string({ minLength: 1, maxLength: 4 }).filter((name) => name !== '__proto__'),
);

const scalar: fc.Arbitrary<Described> = fc.oneof(
  text.map((good) => ({ schema: z.string(), good, bad: 7 })),
  fc.integer().map((good) => ({ schema: z.int(), good, bad: 'seven' })),
  fc.boolean().map((good) => ({ schema: z.boolean(), good, bad: 'yes' })),
  fc.constant({ schema: z.null(), good: null, bad: 0 }),
  text.map((good) => ({ schema: z.literal(good), good, bad: `${good}!` })),
  fc.integer().map((good) => ({ schema: z.literal(good), good, bad: good + 1 })),
  fc
    .uniqueArray(text, { minLength: 1, maxLength: 3 })
    .map((names) => ({ schema: z.enum(names as [string]), good: names[0]!, bad: `${names.join()}!` })),
  fc.constant({ schema: z.iso.datetime(), good: '2001-01-01T00:00:00Z', bad: true }),
  fc.constant({ schema: z.templateLiteral(['sha256:', z.string()]), good: 'sha256:00', bad: 0 }),
  fc.jsonValue({ maxDepth: 2 }).map((good) => ({ schema: z.json(), good: JSON.parse(JSON.stringify(good)) as Json })),
  fc.integer({ min: 0, max: 1e12 }).map((at) => ({
    schema: z.codec(z.iso.datetime(), z.date(), {
      decode: (iso) => new Date(iso),
      encode: (date) => date.toISOString(),
    }),
    good: new Date(at).toISOString(),
    bad: at,
  })),
  fc.constant({ schema: recursive(), good: { name: 'a', inner: [{ name: 'b', inner: [] }] }, bad: { name: 'a' } }),
);

function recursive(): z.ZodType {
  const tree: z.ZodType = z.lazy(() => z.object({ name: z.string(), inner: z.array(tree) }));
  return tree;
}

/** Schemas of all kinds that may stand at an edge. */
export const describedValue: fc.Arbitrary<Described> = fc.letrec<{ value: Described }>((tie) => {
  const value = tie('value');
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      value.map(({ schema, good }) => ({ schema: z.array(schema), good: [good, good], bad: { length: 1 } })),
      fc.array(value, { minLength: 1, maxLength: 3 }).map(tupleOf),
      fc.tuple(key, value).map(([name, { schema, good }]) => ({
        schema: z.record(z.string(), schema),
        good: { [name]: good },
        bad: 'none',
      })),
      fc.tuple(value, value).map(([a, b]) => ({ schema: z.union([a.schema, b.schema]), good: b.good })),
      value.map(({ schema, good, bad }) => ({ schema: schema.nullable(), good, ...(bad === null ? {} : { bad }) })),
      value.map(({ schema }) => ({ schema: schema.nullable(), good: null })),
      value.map(({ schema, good, bad }) => ({ schema: schema.readonly(), good, bad })),
      fc
        .array(fc.tuple(key, value, fc.constantFrom('plain', 'optional', 'default', 'absent')), { maxLength: 4 })
        .map(objectOf),
      fc.tuple(value, value).map(([a, b]) => ({
        schema: z.intersection(z.object({ a: a.schema }), z.object({ b: b.schema })),
        good: { a: a.good, b: b.good },
        bad: {},
      })),
      fc.tuple(value, value).map(([a, b]) => ({
        schema: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('a'), value: a.schema }),
          z.object({ kind: z.literal('b'), other: b.schema }),
        ]),
        good: { kind: 'b', other: b.good },
        bad: { kind: 'c' },
      })),
      fc.tuple(key, value).map(([name, { schema, good }]) => ({
        schema: z.object({ known: z.string() }).catchall(schema),
        good: name === 'known' ? { known: '' } : { known: '', [name]: good },
        bad: { known: 1 },
      })),
    ),
  };
}).value;

function tupleOf(parts: readonly Described[]): Described {
  const [first, ...rest] = parts.map(({ schema }) => schema);
  return { schema: z.tuple([first!, ...rest]), good: parts.map(({ good }) => good), bad: [] };
}

type Presence = 'plain' | 'optional' | 'default' | 'absent';

function objectOf(parts: readonly (readonly [string, Described, string])[]): Described {
  const byName = [...new Map(parts.map((part) => [part[0], part])).values()];
  const shape = byName.map(([name, { schema, good }, how]) => [name, presence(schema, good, how as Presence)] as const);
  const given = byName.filter(([, , how]) => how === 'plain' || how === 'optional');
  const needed = byName.some(([, , how]) => how === 'plain');
  return {
    schema: z.object(Object.fromEntries(shape)),
    good: Object.fromEntries(given.map(([name, { good }]) => [name, good])),
    bad: needed ? {} : 'none',
  };
}

function presence(schema: z.ZodType, good: Json, how: Presence): z.ZodType {
  if (how === 'optional' || how === 'absent') return schema.optional();
  // A default is given as the schema's output has it, decoded.
  return how === 'default' ? schema.default(schema.parse(good)) : schema;
}
