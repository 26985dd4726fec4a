import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../activities/data/duckdb.js';
import { readColumns } from '../../../activities/data/read-columns.js';

let scratch: string;
let file: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-read-'));
  file = join(scratch, 'rows.parquet');
  await withDuckDb({ scratch }, (db) =>
    db.run(`COPY (FROM (VALUES
      (TIMESTAMP '2001-01-01 00:00:00.5', DATE '1970-01-02', 9007199254740991::BIGINT, 1.25::DECIMAL(5,2), 'b', true),
      (TIMESTAMP '1969-12-31 23:59:59', NULL, -3, NULL, NULL, NULL),
      (NULL, DATE '1969-12-31', NULL, -0.5, 'a', false)) t("at", day, n, x, s, ok)) TO '${file}' (FORMAT parquet)`),
  );
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('readColumns', () => {
  it('gives numbers, times in milliseconds and dictionary-coded texts', async () => {
    const { rows, columns } = await readColumns([file], ['at', 'day', 'n', 'x', 's', 'ok'], { scratch });
    expect(rows).toBe(3);
    expect(columns.at).toEqual({ kind: 'number', values: Float64Array.of(978307200500, -1000, Number.NaN) });
    expect(columns.day).toEqual({ kind: 'number', values: Float64Array.of(86400000, Number.NaN, -86400000) });
    expect(columns.n).toEqual({ kind: 'number', values: Float64Array.of(Number.MAX_SAFE_INTEGER, -3, Number.NaN) });
    expect(columns.x).toEqual({ kind: 'number', values: Float64Array.of(1.25, Number.NaN, -0.5) });
    expect(columns.s).toEqual({ kind: 'text', codes: Int32Array.of(1, -1, 0), dictionary: ['a', 'b'] });
    expect(columns.ok).toEqual({ kind: 'text', codes: Int32Array.of(1, -1, 0), dictionary: ['false', 'true'] });
  });

  it('computes expressions, filters and sorts', async () => {
    const request = [{ name: 'big', sql: 'n > 0' }, 's'];
    const { rows, columns } = await readColumns([file, file], request, {
      scratch,
      where: 's IS NULL OR n > 0',
      orderBy: 's',
    });
    expect(rows).toBe(4);
    expect(columns.big).toEqual({ kind: 'text', codes: Int32Array.of(1, 1, 0, 0), dictionary: ['false', 'true'] });
    expect(columns.s).toEqual({ kind: 'text', codes: Int32Array.of(0, 0, -1, -1), dictionary: ['b'] });
  });

  it('gives empty columns for no rows', async () => {
    const { rows, columns } = await readColumns([file], ['n', 's'], { scratch, where: 'false' });
    expect(rows).toBe(0);
    expect(columns.s).toEqual({ kind: 'text', codes: new Int32Array(0), dictionary: [] });
  });

  it('names a column that is not there', async () => {
    await expect(readColumns([file], ['dya'], { scratch })).rejects.toMatchObject({
      type: 'InvalidData',
      message: 'the data has no column "dya"',
      hint: 'Did you mean "day"?',
      retryable: false,
    });
  });

  it('says so when a dataset has no files', async () => {
    await expect(readColumns([], ['n'], { scratch })).rejects.toMatchObject({ type: 'InvalidData' });
  });

  it('reads 500,000 rows of five columns in seconds, in the order of the file', async () => {
    const flights = join(process.cwd(), 'node_modules/vega-datasets/data/flights-3m.parquet');
    const started = performance.now();
    const january = await readColumns([flights], ['date', 'delay', 'distance', 'origin', 'destination'], {
      scratch,
      where: `date < TIMESTAMP '2001-02-01'`,
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(january.rows).toBe(508239);
    expect(january.columns.delay).toMatchObject({ values: expect.objectContaining({ 0: 33, 1: 19, 2: 14 }) });
    expect(january.columns.origin).toMatchObject({ kind: 'text', dictionary: expect.arrayContaining(['ATL', 'LAS']) });
  });
});
