import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { contractOf, sql } from '../../../../activities/data/contract/index.js';
import { withDuckDb } from '../../../../activities/data/duckdb.js';
import { ingest, ingestStep } from '../../../../activities/data/ingest/ingest.js';
import { readColumns } from '../../../../activities/data/read-columns.js';
import { parquet } from '../../../../activities/data/source/source.js';
import { split } from '../../../../activities/data/split/split.js';
import { parquetRows } from '../../../../activities/data/sql.js';
import { validate } from '../../../../activities/data/validate/validate.js';
import { statisticsReportSchema, type ValidationValue } from '../../../../activities/data/validate/validation.js';
import type { Dataset, DatasetValue } from '../../../../activities/values.js';
import { pipeline } from '../../../../dsl/pipeline.js';
import type { Ref } from '../../../../dsl/ref.js';
import type { Json } from '../../../../plan/json.js';
import { type TestContext, testContext } from '../../../../testing/test-context.js';

const Row = z
  .object({ id: z.int(), x: z.number().min(0).max(10).nullable(), kind: z.enum(['a', 'b']), flag: z.boolean() })
  .check(sql('flag OR x < 9', 'only flagged rows reach 9'));

let folder: string;
let ctx: TestContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-validate-'));
  ctx = await testContext({ node: 'validate' });
});
afterAll(async () => {
  await ctx.cleanup();
  await rm(folder, { recursive: true, force: true });
});

async function dataset(query: string, rows: z.ZodObject = Row): Promise<DatasetValue> {
  const file = join(folder, 'rows.parquet');
  await withDuckDb({ scratch: folder }, (db) => db.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`));
  return ingestStep.run({ from: parquet(file), contract: contractOf(rows) }, ctx);
}

/** Good rows, which may be shifted. */
const good = (count: number, shift = 0) =>
  `SELECT i AS id, (i % 80) / 10.0 + ${shift} AS x, CASE WHEN i % 4 = 0 THEN 'a' ELSE 'b' END AS kind, false AS flag
   FROM range(0, ${count}) t(i)`;
const bad = `SELECT * FROM (VALUES (1000, -1.0, 'a', true), (1001, 11.0, 'c', true), (1002, NULL, NULL, true),
   (1003, 9.5, 'a', false), (NULL, NULL, 'b', false)) t(id, x, kind, flag)`;

async function rowsOf({ files }: DatasetValue, columns = '*') {
  const paths = await Promise.all(files.map((file) => ctx.artifacts.localPath(file)));
  return withDuckDb({ scratch: folder }, (db) => db.rows(`SELECT ${columns} FROM ${parquetRows(paths)} ORDER BY id`));
}

describe('validate', () => {
  it('puts rows aside with every rule they broke, and goes on with the others', async () => {
    const data = await dataset(`${good(200)} UNION ALL ${bad}`);
    const found = await validate.run({ data }, ctx);
    expect(found.accepted).toMatchObject({ rows: 200, contract: data.contract });
    expect(new Set((await rowsOf(found.accepted)).map((row) => row.flag))).toEqual(new Set([false]));
    expect(found.quarantined.rows).toBe(5);
    const aside = await rowsOf(found.quarantined, "id::INT AS id, array_to_string(broken_rules, ' | ') AS broken");
    expect(aside).toEqual([
      { id: 1000, broken: 'x: at least 0' },
      { id: 1001, broken: 'x: at most 10 | kind: one of "a", "b"' },
      { id: 1002, broken: 'kind: not null' },
      { id: 1003, broken: 'only flagged rows reach 9' },
      { id: null, broken: 'id: not null' },
    ]);
    expect(found.rules).toHaveLength(6);
    expect(found.rules).toContainEqual({ column: null, rule: 'only flagged rows reach 9', rows: 1, fraction: 1 / 205 });
    expect(found.drift).toBeNull();
  });

  it('keeps statistics, every rule and examples as an artifact', async () => {
    const found = await validate.run({ data: await dataset(`${good(200)} UNION ALL ${bad}`) }, ctx);
    const report = statisticsReportSchema.parse(await ctx.artifacts.getJson(found.statistics));
    expect(report.rows).toEqual({ accepted: 200, quarantined: 5, duplicates: 0 });
    expect(report.rules.find((rule) => rule.rule === 'at least 0')).toMatchObject({
      rows: 1,
      examples: [{ id: '1000', x: '-1.0', kind: 'a', flag: 'true' }],
    });
    expect(report.rules.filter((rule) => rule.rows === 0).length).toBeGreaterThan(2);
    expect(report.columns.map((column) => column.name)).toEqual(['id', 'x', 'kind', 'flag']);
    expect(report.columns[2]).toMatchObject({
      top: [
        { value: 'b', count: 150 },
        { value: 'a', count: 50 },
      ],
    });
  });

  it('copies nothing when every row is good', async () => {
    const data = await dataset(good(50));
    const found = await validate.run({ data }, ctx);
    expect(found.accepted).toEqual(data);
    expect(found).toMatchObject({ quarantined: { files: [], rows: 0 }, rules: [], duplicates: 0 });
  });

  it('gives the same value for the same data', async () => {
    const data = await dataset(`${good(5000)} UNION ALL ${bad}`);
    expect(await validate.run({ data }, ctx)).toEqual(await validate.run({ data }, ctx));
  });

  it('fails when more rows are bad than tolerated, keeping them', async () => {
    const data = await dataset(`${good(20)} UNION ALL ${bad}`);
    const error: unknown = await validate.run({ data }, ctx).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'InvalidData', retryable: false });
    const { message, hint } = error as Error & { hint: string };
    expect(message).toMatch(/^5 rows break the contract, 20 % of 25 rows, and 5 % are tolerated: /);
    expect(message).toMatch(/x: at least 0 \(1 row\)/);
    const [, path] = /kept in (\S+) \(sha256:/.exec(hint)!;
    expect((await readFile(path!)).subarray(0, 4).toString()).toBe('PAR1');
    expect(await validate.run({ data, tolerate: 0.2 }, ctx)).toMatchObject({ quarantined: { rows: 5 } });
  });

  it('counts exact copies, and puts them aside when asked to', async () => {
    const data = await dataset(`${good(100)} UNION ALL ${good(3)} UNION ALL SELECT * FROM (${good(1)})`);
    expect(await validate.run({ data }, ctx)).toMatchObject({ duplicates: 4, accepted: { rows: 104 } });
    const found = await validate.run({ data, duplicates: 'quarantine' }, ctx);
    expect(found).toMatchObject({ duplicates: 4, accepted: { rows: 100 }, quarantined: { rows: 4 } });
    expect(found.rules).toEqual([{ column: null, rule: 'repeats an earlier row', rows: 4, fraction: 4 / 104 }]);
    const Named = z.object({ filename: z.string() });
    const named = await dataset(`SELECT 'a' AS filename FROM range(0, 4)`, Named);
    expect(await validate.run({ data: named }, ctx)).toMatchObject({ duplicates: 3 });
    await expect(validate.run({ data: named, duplicates: 'quarantine' }, ctx)).rejects.toThrow(/column "filename"/);
  });

  it('does not overwrite a column called broken_rules', async () => {
    const Named = z.object({ id: z.int(), broken_rules: z.string().max(1) });
    const data = await dataset(`SELECT 1 AS id, 'long' AS broken_rules`, Named);
    const found = await validate.run({ data, tolerate: 1 }, ctx);
    expect(found).toMatchObject({ accepted: { rows: 0 }, quarantined: { rows: 1 } });
    expect(await rowsOf(found.quarantined, 'id::INT AS id, broken_rules, len(_broken_rules)::INT AS n')).toEqual([
      { id: 1, broken_rules: 'long', n: 1 },
    ]);
  });
});

describe('drift', () => {
  const driftAfter = async (previous: ValidationValue, query: string) => {
    const later = await testContext({
      node: 'validate',
      artifacts: ctx.artifacts,
      previous: { validate: previous as unknown as Json },
    });
    try {
      return (await validate.run({ data: await dataset(query) }, later)).drift;
    } finally {
      await later.cleanup();
    }
  };

  it('is nothing for the same data, and names the column that moved', async () => {
    const first = await validate.run({ data: await dataset(good(800)) }, ctx);
    const same = await driftAfter(first, good(800));
    expect(same).toMatchObject({ against: 'previous-run', largest: { value: 0, psi: 0 } });
    expect(same!.columns.map(({ column }) => column)).toEqual(['flag', 'id', 'kind', 'x']);
    const moved = await driftAfter(first, good(800, 0.9));
    expect(moved!.largest).toMatchObject({ column: 'x', measure: 'jensen-shannon' });
    const all = `SELECT id, x, 'a' AS kind, flag FROM (${good(800)})`;
    expect((await driftAfter(first, all))!.largest).toEqual({
      column: 'kind',
      measure: 'l-infinity',
      value: 0.75,
      psi: Number(((1 - 0.25) * Math.log(4) + (0.75 - 1e-4) * Math.log(7500)).toPrecision(12)),
    });
  });

  it('is not measured against an output of another form', async () => {
    const odd = await testContext({
      node: 'validate',
      artifacts: ctx.artifacts,
      previous: { validate: { kind: 'odd' } },
    });
    expect(await validate.run({ data: await dataset(good(10)) }, odd)).toMatchObject({ drift: null });
    expect(odd.logged).toMatchObject([{ level: 'warn' }]);
    await odd.cleanup();
  });
});

describe('split', () => {
  it('keeps rows of a key together, in about the wanted parts, always the same', async () => {
    const data = await dataset(
      `SELECT * REPLACE (i % 500 AS id) FROM (${good(5000).replace('SELECT i AS id', 'SELECT i, i AS id')})`,
    );
    const parts = await split.run({ data, by: 'id', fraction: 0.3, seed: 7 }, ctx);
    expect(parts.train.rows + parts.test.rows).toBe(5000);
    expect(parts.test.rows / 5000).toBeGreaterThan(0.24);
    expect(parts.test.rows / 5000).toBeLessThan(0.36);
    const [train, test] = await Promise.all(
      [parts.train, parts.test].map((part) => rowsOf(part, 'DISTINCT id::INT AS id')),
    );
    const keys = new Set(train!.map((row) => row.id));
    expect(test!.some((row) => keys.has(row.id))).toBe(false);
    expect(await split.run({ data, by: 'id', fraction: 0.3, seed: 7 }, ctx)).toEqual(parts);
    expect(await split.run({ data, by: 'id', fraction: 0.3, seed: 8 }, ctx)).not.toEqual(parts);
  });

  it('splits by whole rows, names an unknown column, and refuses an empty side', async () => {
    const data = await dataset(`${good(300)} UNION ALL ${good(300)}`);
    const parts = await split.run({ data }, ctx);
    const path = await ctx.artifacts.localPath(parts.test.files[0]!);
    const { columns } = await readColumns([path], ['id'], { scratch: folder });
    const ids = columns.id!.kind === 'number' ? [...columns.id!.values] : [];
    expect(new Set(ids).size * 2).toBe(ids.length);
    await expect(split.run({ data, by: 'kinds' }, ctx)).rejects.toMatchObject({ hint: 'Did you mean "kind"?' });
    await expect(split.run({ data, by: 'flag' }, ctx)).rejects.toThrow(/no row fell into/);
  });
});

describe('types', () => {
  it('carry the row from ingest to split', () => {
    const traced = pipeline('test', { params: z.object({}) }, () => {
      const data = ingest({ from: parquet('a.parquet'), rows: Row });
      const past = validate({ data, tolerate: 0.1 });
      type Wanted = { id: number; x: number | null; kind: 'a' | 'b'; flag: boolean };
      expectTypeOf(past.accepted).toEqualTypeOf<Ref<Dataset<Wanted>>>();
      expectTypeOf(past.duplicates).toEqualTypeOf<Ref<number>>();
      const parts = split({ data: past.accepted, by: 'kind' });
      expectTypeOf(parts.train).toEqualTypeOf<Ref<Dataset<Wanted>>>();
      // @ts-expect-error "knid" is no column of the rows
      void (() => split({ data: past.accepted, by: 'knid' }));
      // @ts-expect-error a validation is no dataset
      void (() => split({ data: past }));
      // @ts-expect-error the rows of one contract are not those of another
      const other: Ref<Dataset<{ other: number }>> = past.accepted;
      return { parts, other };
    }).trace();
    expect(traced.block.nodes.map((node) => node.id)).toEqual(['ingest', 'validate', 'split']);
  });
});
