import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { csv, type Dataset, ingest, parquet, sql, timestamp, validate } from '../../activities/index.js';
import { pipeline, z } from '../../dsl/index.js';
import {
  datasetOf,
  expectNodes,
  expectValue,
  rowsOf,
  sampleOf,
  stub,
  testContext,
  testRun,
} from '../../testing/index.js';

const Flight = z
  .object({
    date: timestamp(),
    logged: timestamp({ zone: 'UTC' }).nullable(),
    day: z.iso.date(),
    delay: z.int().min(-90).nullable(),
    distance: z.number(),
    origin: z.string(),
    cancelled: z.boolean().optional(),
  })
  .check(sql('distance > 0', 'a flight goes somewhere'));
type Flight = z.output<typeof Flight>;

const row = (changes: Partial<Flight> = {}): Flight => ({
  date: '2001-01-31T07:00:00',
  logged: '2001-01-31T12:00:00.5Z',
  day: '2001-01-31',
  delay: 12,
  distance: 0.1,
  origin: 'O"R,D\nNULL',
  cancelled: true,
  ...changes,
});

describe('datasetOf and rowsOf', () => {
  test('give the rows back as they were', async () => {
    const rows = [row(), row({ logged: null, delay: null, origin: 'NULL', distance: 1e21 }), row({ origin: '' })];
    const data = await datasetOf(Flight, rows, { partition: '2001-01' });
    expectTypeOf(data).toEqualTypeOf<Dataset<Flight>>();
    expect(data).toMatchObject({ kind: 'dataset', rows: 3, partition: '2001-01' });
    const read = await rowsOf(data);
    expectTypeOf(read).toEqualTypeOf<readonly Flight[]>();
    expect(read).toEqual(rows.map((each) => ({ ...each, logged: each.logged && '2001-01-31T12:00:00.500Z' })));
    expect(await rowsOf(data, { limit: 1 })).toHaveLength(1);
    expect(await datasetOf(Flight, rows, { partition: '2001-01' })).toEqual(data);
  });

  test('the rows are checked, and every broken one is named', async () => {
    const wrong = [row(), { ...row(), delay: 'late' }, row({ delay: -100 })];
    // @ts-expect-error a column of another type
    await expect(datasetOf(Flight, wrong)).rejects.toThrow(/2 of 3 rows break the schema:\nrow 1: .*delay\nrow 2: /);
    expect(await rowsOf(await datasetOf(Flight, [row({ delay: -100 })], { checked: false }))).toMatchObject([
      { delay: -100 },
    ]);
  });

  test('no rows are a dataset too', async () => {
    const none = await datasetOf(Flight, []);
    expect(none).toMatchObject({ files: [], rows: 0 });
    expect(await rowsOf(none)).toEqual([]);
  });

  test('run through real steps, in place of what is read from files', async () => {
    const check = pipeline('check', { params: z.object({}) }, () => {
      const data = ingest({ from: parquet('flights.parquet'), rows: Flight });
      return validate({ data, tolerate: 1 });
    });
    const flights = await datasetOf(Flight, [row(), row({ delay: -100 }), row({ distance: -1 })], { checked: false });
    const run = await testRun(check, { stubs: [stub(ingest, flights)] });
    expectNodes(run, { ran: ['ingest', 'validate'] });
    const { accepted, quarantined } = expectValue(run);
    expect(await rowsOf(accepted)).toMatchObject([{ delay: 12, distance: 0.1 }]);
    expect(quarantined.rows).toBe(2);
  });
});

describe('sampleOf', () => {
  const flights = parquet('npm:vega-datasets/data/flights-3m.parquet', { partition: { column: 'date', by: 'month' } });
  const Row = z.object({ delay: z.int(), distance: z.int() });

  test('picks the same rows for the same seed', async () => {
    const options = { rows: 20, partition: '2001-01' };
    const sample = await sampleOf(Row, flights, options);
    expectTypeOf(sample).toEqualTypeOf<Dataset<{ delay: number; distance: number }>>();
    expect(sample).toMatchObject({ rows: 20, partition: '2001-01' });
    expect(await sampleOf(Row, flights, options)).toEqual(sample);
    const other = await sampleOf(Row, flights, { ...options, seed: 2 });
    expect(await rowsOf(other)).not.toEqual(await rowsOf(sample));
  });

  test('takes a whole file that has no more rows, in its order', async () => {
    const stocks = csv('npm:vega-datasets/data/stocks.csv');
    const all = await sampleOf(z.object({ symbol: z.string(), price: z.number() }), stocks, { rows: 10_000 });
    const rows = await rowsOf(all);
    expect(rows).toHaveLength(560);
    expect(rows[0]).toEqual({ symbol: 'MSFT', price: 39.81 });
    await expect(sampleOf(z.object({ year: z.int() }), stocks)).rejects.toThrow('does not fit its contract');
  });
});

test('a context reads what was made for a test, and nothing stays in the temporary folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-tmp-'));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  const data = await datasetOf(Flight, [row()]);
  const ctx = await testContext();
  expect(await validate.run({ data }, ctx)).toMatchObject({ accepted: { rows: 1 } });
  await rowsOf(data);
  await ctx.cleanup();
  process.env.TMPDIR = TMPDIR ?? '';
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
