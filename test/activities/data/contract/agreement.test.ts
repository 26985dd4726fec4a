import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkName, checkRow, checksOf, contractOf, timestamp } from '../../../../activities/data/contract/index.js';
import { type DuckDb, withDuckDb } from '../../../../activities/data/duckdb.js';
import { identifier, literal } from '../../../../activities/data/sql.js';

type Cell = string | number | boolean | null;

/** A column's schema, and values that keep it or only just do not. */
interface Sample {
  readonly schema: z.ZodType;
  readonly type: string;
  readonly cells: fc.Arbitrary<Cell>;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'B', '1', '-', '_', ' ', '\n', '\u00a0', 'é', '😀', '.', '/'),
    maxLength: 5,
  }),
);
const small = fc.integer({ min: -12, max: 12 });
const exact = fc.constantFrom(-1.5, -1, -0.1, 0, 0.1, 0.3, 0.5, 1, 1.5, 2.25, 1e300, 5e-324, 123456789.125);

// All in Unicode mode, as a contract reads every pattern; without it zod would see an emoji as two characters.
const PATTERNS = [
  /^[a-b]+$/u,
  /^[A-Z]{1,3}$/iu,
  /a.b/u,
  /a.b/su,
  /^.$/u,
  /\s/u,
  /^\S+$/u,
  /[\s\-_]/u,
  /\bab\b/u,
  /(?<first>a)|b{2,}/u,
  /^\p{Lu}/u,
  /\u{1f600}|\ud83d\ude01/u,
  /^[^\d\W]*$/u,
  /[[\]/]\//u,
  /^(?:a|b)*?1?$/u,
  /\x41|\u00e9/u,
  /[.-]/u,
];

const bounded = (schema: z.ZodNumber, low: number, high: number, exclusive: boolean) =>
  exclusive ? schema.gt(low).lt(high) : schema.min(low).max(high);

const samples: fc.Arbitrary<Sample> = fc.oneof(
  fc.record({ low: small, high: small, exclusive: fc.boolean(), factor: fc.constantFrom(1, 2, 3, 0.5) }).map((o) => ({
    schema: bounded(z.int(), o.low, o.high, o.exclusive).multipleOf(o.factor),
    type: 'BIGINT',
    cells: small,
  })),
  fc.record({ low: exact, high: exact, exclusive: fc.boolean() }).map((o) => ({
    schema: bounded(z.number(), o.low, o.high, o.exclusive),
    type: 'DOUBLE',
    cells: exact,
  })),
  fc.constantFrom(0.1, 0.25, 3).map((factor) => ({
    schema: z.number().multipleOf(factor),
    type: 'DOUBLE',
    cells: fc.oneof(
      exact.filter((value) => Math.abs(value) < 1e6 && Math.abs(value) > 1e-3),
      small,
    ),
  })),
  fc.record({ least: fc.integer({ min: 0, max: 4 }), most: fc.integer({ min: 0, max: 6 }) }).map((o) => ({
    schema: z.string().min(o.least).max(o.most),
    type: 'VARCHAR',
    cells: text,
  })),
  fc.record({ pattern: fc.constantFrom(...PATTERNS), part: fc.constantFrom('a', '', 'é', "'") }).map((o) => ({
    schema: z.union([
      z.string().regex(o.pattern),
      z.string().startsWith(o.part).endsWith('b'),
      z.string().includes('1'),
    ]),
    type: 'VARCHAR',
    cells: text,
  })),
  fc.constantFrom(...PATTERNS).map((pattern) => ({ schema: z.string().regex(pattern), type: 'VARCHAR', cells: text })),
  fc.constant({ schema: z.enum(['a', "b'", '😀']), type: 'VARCHAR', cells: fc.constantFrom('a', "b'", '😀', 'b', '') }),
  fc.constant({ schema: z.literal([1, 2.5]), type: 'DOUBLE', cells: fc.constantFrom<Cell>(1, 2.5, 2) }),
  fc.constant({ schema: z.literal(true), type: 'BOOLEAN', cells: fc.boolean() as fc.Arbitrary<Cell> }),
  fc.constant({
    schema: z.union([z.int().max(-5), z.int().min(5).multipleOf(2), z.literal(0)]),
    type: 'BIGINT',
    cells: small,
  }),
  fc.constant({
    schema: timestamp({ min: '2001-01-01T00:00:00', max: '2001-01-31T23:59:59.999999' }),
    type: 'TIMESTAMP',
    cells: fc.constantFrom(
      '2001-01-01T00:00:00',
      '2000-12-31T23:59:59.999999',
      '2001-01-31T23:59',
      '2001-02-01 00:00:00',
    ),
  }),
  fc.constant({
    schema: timestamp({ zone: 'UTC', min: '2001-01-01T00:00:00+02:00' }),
    type: 'TIMESTAMPTZ',
    cells: fc.constantFrom(
      '2001-01-01T00:00:00Z',
      '2000-12-31T22:00:00Z',
      '2000-12-31T21:59:59Z',
      '2001-01-01T00:00:00+05:30',
    ),
  }),
  fc.constant({ schema: z.iso.date(), type: 'DATE', cells: fc.constantFrom('2000-02-29', '1969-12-31') }),
);

const wrapped = fc.record({ sample: samples, how: fc.constantFrom('required', 'nullable', 'nullish') });

function schemaOf(how: string, schema: z.ZodType): z.ZodType {
  return how === 'required' ? schema : how === 'nullable' ? schema.nullable() : schema.nullish();
}

const tables = fc.array(wrapped, { minLength: 1, maxLength: 4 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.tuple(...columns.map(({ sample }) => fc.option(sample.cells, { freq: 6 }))), {
      minLength: 1,
      maxLength: 8,
    }),
  }),
);

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-contract-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('a contract', () => {
  it('says the same in SQL, in JavaScript and in zod', async () => {
    await withDuckDb({ scratch }, async (db) => {
      await fc.assert(
        fc.asyncProperty(tables, async ({ columns, rows }) => {
          const shape = columns.map(({ sample, how }, index) => [`c ${index}`, schemaOf(how, sample.schema)] as const);
          const schema = z.object(Object.fromEntries(shape));
          const contract = contractOf(schema);
          const types = columns.map(({ sample }) => sample.type);
          const inSql = await brokenInSql(db, checksOf(contract), types, rows);
          for (const [index, cells] of rows.entries()) {
            const row = Object.fromEntries(cells.map((cell, at) => [`c ${at}`, cell]));
            const problems = checkRow(contract, row);
            expect(inSql[index]).toEqual(problems.map(checkName));
            expect(schema.safeParse(row).success).toBe(problems.length === 0);
          }
        }),
        { numRuns: 150 },
      );
    });
  });
});

async function brokenInSql(
  db: DuckDb,
  checks: ReturnType<typeof checksOf>,
  types: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<string[][]> {
  const values = rows.map(
    (cells, row) => `(${row}, ${cells.map((cell, at) => `CAST(${literal(cell)} AS ${types[at]})`).join(', ')})`,
  );
  const names = types.map((_, at) => identifier(`c ${at}`));
  const flags = ['true AS always', ...checks.map((check, at) => `${check.broken} AS f${at}`)];
  const found = await db.rows(
    `SELECT ${flags.join(', ')} FROM (VALUES ${values.join(', ')}) t(row_number, ${names.join(', ')}) ORDER BY row_number`,
  );
  return found.map((row) => checks.filter((_, at) => row[`f${at}`] === true).map(checkName));
}
