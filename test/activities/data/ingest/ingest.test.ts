import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { contractOf, sql, timestamp } from '../../../../activities/data/contract/index.js';
import { withDuckDb } from '../../../../activities/data/duckdb.js';
import { ingest, ingestStep } from '../../../../activities/data/ingest/ingest.js';
import { readColumns } from '../../../../activities/data/read-columns.js';
import { csv, parquet, type Source } from '../../../../activities/data/source/source.js';
import type { Dataset } from '../../../../activities/values.js';
import { pipeline } from '../../../../dsl/pipeline.js';
import type { Ref } from '../../../../dsl/ref.js';
import { type TestContext, testContext } from '../../../../testing/test-context.js';

const Row = z.object({ day: timestamp(), delay: z.int(), origin: z.string().nullable() });
const monthly = { partition: { column: 'day', by: 'month' } } as const;

let folder: string;
let file: string;
let ctx: TestContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-ingest-'));
  file = join(folder, 'rows.parquet');
  ctx = await testContext();
  await write(
    file,
    `SELECT TIMESTAMP '2001-01-01' + to_days(i::INT) AS day, (i % 7)::BIGINT AS delay, 'A' || i % 3 AS origin, i AS other
     FROM range(0, 60) t(i)`,
  );
});
afterAll(async () => {
  await ctx.cleanup();
  await rm(folder, { recursive: true, force: true });
});

const write = (path: string, query: string) =>
  withDuckDb({ scratch: folder }, (db) => db.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`));
const run = (from: Source, rows: z.ZodObject = Row, partition?: string) =>
  ingestStep.run({ from, contract: contractOf(rows), partition }, ctx);
const failure = (from: Source, rows?: z.ZodObject, partition?: string) =>
  run(from, rows, partition).then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as Error & { hint: string; type: string; retryable: boolean },
  );

describe('ingest', () => {
  it('stores the columns of the contract as one snapshot, always the same bytes', async () => {
    const dataset = await run(parquet(file));
    expect(dataset).toMatchObject({ kind: 'dataset', rows: 60, partition: null, files: [{}] });
    expect(await run(parquet(file))).toEqual(dataset);
    expect(await ctx.artifacts.getJson(dataset.contract)).toEqual(contractOf(Row));
    const path = await ctx.artifacts.localPath(dataset.files[0]!);
    const { columns } = await readColumns([path], ['delay'], { scratch: ctx.scratch });
    expect(columns.delay).toMatchObject({ values: expect.objectContaining({ 0: 0, 6: 6, 7: 0 }) });
    await expect(readColumns([path], ['other'], { scratch: ctx.scratch })).rejects.toThrow('no column "other"');
  });

  it('reads one partition', async () => {
    expect(await run(parquet(file, monthly), Row, '2001-02')).toMatchObject({ rows: 28, partition: '2001-02' });
    const daily = { partition: { column: 'day', by: 'day' } } as const;
    expect(await run(parquet(file, daily), Row, '2001-03-01')).toMatchObject({ rows: 1 });
    const yearly = { partition: { column: 'day', by: 'year' } } as const;
    expect(await run(parquet(file, yearly), Row, '2001')).toMatchObject({ rows: 60 });
  });

  it('says what there is when a partition is empty or has a wrong name', async () => {
    const empty = await failure(parquet(file, monthly), Row, '2001-04');
    expect(empty).toMatchObject({ type: 'InvalidData', retryable: false });
    expect(empty.message).toMatch(/has no rows in 2001-04/);
    expect(empty.hint).toBe('There are 2001-01 (31 rows), 2001-02 (28 rows), 2001-03 (1 row).');
    const wrong = await failure(parquet(file, monthly), Row, '2001-1');
    expect(wrong.message).toBe('"2001-1" is not the name of a month: those look like 2001-01');
    expect((await failure(parquet(file), Row, '2001-01')).hint).toMatch(/partition: \{ column: 'date', by: 'month' \}/);
    const daily = { partition: { column: 'day', by: 'day' } } as const;
    const noDay = await failure(parquet(file, daily), Row, '2001-02-31');
    expect(noDay.message).toMatch(/not the name of a day/);
    expect(noDay.hint).toBe('There are 60, from 2001-01-01 (1 row) to 2001-03-01 (1 row).');
    const column = { partition: { column: 'dya', by: 'day' } } as const;
    expect((await failure(parquet(file, column), Row, '2001-01-01')).hint).toBe('Did you mean "day"?');
    const number = { partition: { column: 'delay', by: 'day' } } as const;
    expect((await failure(parquet(file, number), Row, '2001-01-01')).message).toMatch(
      /partitioned by "delay", which is/,
    );
  });

  it('names every column that is missing or of another type', async () => {
    const Renamed = z.object({ day: timestamp(), dealy: z.int() });
    const renamed = await failure(parquet(file), Renamed);
    expect(renamed.message).toMatch(/column "dealy" is missing\. Did you mean "delay"\?$/);
    const Other = z.object({ flight: z.int(), day: z.iso.date(), origin: z.int(), delay: z.string() });
    const error = await failure(parquet(file), Other);
    expect(error).toMatchObject({ type: 'InvalidData', retryable: false });
    expect(error.message).toMatch(/column "flight" is missing\. There are: other;/);
    expect(error.message).toMatch(/column "day": expected date, found TIMESTAMP/);
    expect(error.message).toMatch(/column "origin": expected int, found VARCHAR/);
    expect(error.message).toMatch(/column "delay": expected text, found BIGINT/);
    expect(error.hint).toMatch(/It has day \(TIMESTAMP\)/);
    const Strict = z.strictObject({ day: timestamp(), delay: z.int(), origin: z.string() });
    expect((await failure(parquet(file), Strict)).message).toMatch(/column "other" is not in the contract/);
  });

  it('tells missing, truncated, foreign and damaged files apart', async () => {
    const bytes = await readFile(file);
    const truncated = join(folder, 'truncated.parquet');
    await writeFile(truncated, bytes.subarray(0, 300));
    const foreign = join(folder, 'foreign.parquet');
    await writeFile(foreign, 'day,delay,origin\n');
    const damaged = join(folder, 'damaged.parquet');
    await writeFile(damaged, Buffer.concat([bytes.subarray(0, 4), bytes.subarray(4, -8).fill(7), bytes.subarray(-8)]));
    const messages = [
      [join(folder, 'none.parquet'), /does not exist/],
      [truncated, /truncated\.parquet.*300 bytes\) is truncated/],
      [foreign, /is not a Parquet file/],
      [damaged, /damaged\.parquet.* cannot be read: \w+/],
    ] as const;
    for (const [path, message] of messages) {
      expect(await failure(parquet(path))).toMatchObject({
        type: 'InvalidData',
        retryable: false,
        message: expect.stringMatching(message),
      });
    }
  });

  it('refuses no rows, and row rules that are not SQL over the columns', async () => {
    const none = join(folder, 'none.parquet');
    await write(none, `SELECT * FROM '${file}' WHERE false`);
    expect((await failure(parquet(none))).message).toMatch(/has no rows/);
    const unknown = await failure(parquet(file), Row.check(sql('dealy > 0')));
    expect(unknown).toMatchObject({ type: 'InvalidPlan', message: expect.stringMatching(/"dealy > 0".*dealy/) });
    expect((await failure(parquet(file), Row.check(sql('delay + 1')))).message).toMatch(/is BIGINT, not a condition/);
  });

  it('reads timestamps of a zone as points in time, and an optional column that is absent as NULL', async () => {
    const Zoned = z.object({ day: timestamp({ zone: 'America/New_York' }), extra: z.number().optional() });
    const { files } = await run(parquet(file), Zoned);
    const path = await ctx.artifacts.localPath(files[0]!);
    const { columns } = await readColumns([path], ['day', 'extra'], { scratch: ctx.scratch });
    expect(columns.day).toMatchObject({ values: expect.objectContaining({ 0: Date.UTC(2001, 0, 1, 5) }) });
    expect(columns.extra).toMatchObject({ values: expect.objectContaining({ 0: Number.NaN }) });
  });
});

describe('ingest of CSV', () => {
  const Cells = z.object({
    n: z.int().nullable(),
    x: z.number(),
    at: timestamp({ zone: 'Europe/Berlin' }),
    s: z.string(),
  });

  it('converts cells to the types of the contract', async () => {
    const path = join(folder, 'cells.csv');
    await writeFile(path, '\uFEFFn,x,"at",s\r\n1,1.5,2001-01-31 12:00:00,007\r\nNA,2,2001-07-31T12:00:00Z,"a,b"\r\n');
    const { files, rows } = await run(csv(path, { nulls: ['NA'] }), Cells);
    expect(rows).toBe(2);
    const stored = await ctx.artifacts.localPath(files[0]!);
    const { columns } = await readColumns([stored], ['n', 'at', 's'], { scratch: ctx.scratch });
    expect(columns.n).toMatchObject({ values: Float64Array.of(1, Number.NaN) });
    expect(columns.at).toMatchObject({ values: Float64Array.of(Date.UTC(2001, 0, 31, 11), Date.UTC(2001, 6, 31, 12)) });
    expect(columns.s).toMatchObject({ dictionary: ['007', 'a,b'] });
  });

  it('names the columns of a file without a header, and splits at a delimiter', async () => {
    const path = join(folder, 'bare.csv');
    await writeFile(path, '1;0.5;2001-01-31;a\n');
    const source = csv(path, { delimiter: ';', columns: ['n', 'x', 'at', 's'] });
    expect(await run(source, Cells)).toMatchObject({ rows: 1 });
  });

  it('counts the cells that are no such value, with an example', async () => {
    const path = join(folder, 'wrong.csv');
    await writeFile(path, 'n,x,at,s\n12.5,abc,yesterday,a\n2,1,2001-01-01,b\nx,1,2001-01-01,c\n');
    const error = await failure(csv(path), Cells);
    expect(error.message).toMatch(/column "n": 2 cells are not a whole number .* for example "12\.5"/);
    expect(error.message).toMatch(/column "x": 1 cell is not a finite number, for example "abc"/);
    expect(error.message).toMatch(/column "at": 1 cell is not a timestamp .* for example "yesterday"/);
    const Local = z.object({ at: timestamp() });
    await writeFile(path, 'at\n2001-01-01T00:00:00+02:00\n');
    expect((await failure(csv(path), Local)).message).toMatch(/1 cell is not a timestamp without zone/);
  });

  it('refuses a file without rows, and says which line is broken', async () => {
    const path = join(folder, 'broken.csv');
    await writeFile(path, 'n,x,at,s\n');
    expect((await failure(csv(path), Cells)).message).toMatch(/has no rows/);
    await writeFile(path, 'n,x,at,s\n1,1,2001-01-01,a\n1,1,2001-01-01,a,b,c\n');
    expect(await failure(csv(path), Cells)).toMatchObject({
      type: 'InvalidData',
      message: expect.stringMatching(/cannot be read: .*CSV/),
      hint: 'Look at line 3 of the file.',
    });
    await writeFile(path, 'n,n\n1,1\n');
    expect((await failure(csv(path), Cells)).message).toMatch(/has two columns "n"/);
    await writeFile(path, '');
    expect((await failure(csv(path), Cells)).message).toMatch(/is empty: 0 bytes/);
  });
});

describe('in a pipeline', () => {
  it('carries the row type, and the contract as a literal', () => {
    const { block } = pipeline('test', { params: z.object({ month: z.string() }) }, ({ month }) => {
      const rows = ingest({ from: parquet('a.parquet', monthly), rows: Row, partition: month });
      expectTypeOf(rows).toEqualTypeOf<Ref<Dataset<{ day: string; delay: number; origin: string | null }>>>();
      // @ts-expect-error a partition is a text
      void (() => ingest({ from: parquet('a.parquet'), rows: Row, partition: 3 }));
      // @ts-expect-error rows is the schema of an object
      void (() => ingest({ from: parquet('a.parquet'), rows: z.string() }));
      return rows;
    }).trace();
    expect(block.nodes).toMatchObject([
      { id: 'ingest', step: 'ingest', input: { contract: contractOf(Row), partition: { $param: ['month'] } } },
    ]);
  });
});
