import type { ColumnContract } from '../../activities/data/contract/index.js';
import type { Dataset } from '../../activities/values.js';
import { type TestContext, testContext } from '../test-context.js';

export interface RowsOptions {
  /** Rows to read, from the first. Default: 1000. */
  readonly limit?: number;
  /** Default: the store that test runs and contexts share. */
  readonly artifacts?: TestContext['artifacts'];
}

/**
 * The rows of a dataset that a step has made, as JSON carries them: NULL is `null`, timestamps and dates are ISO 8601.
 *
 * @example
 * const { accepted } = expectValue(await testRun(check, { params, stubs: [stub(ingest, flights)] }));
 * expect(await rowsOf(accepted)).toEqual([{ date: '2001-01-31T07:00:00', delay: 12, distance: 733, origin: 'ORD' }]);
 */
export async function rowsOf<Row>(
  dataset: Dataset<Row>,
  { limit = 1000, artifacts }: RowsOptions = {},
): Promise<readonly Row[]> {
  if (dataset.files.length === 0) return [];
  const [{ withDuckDb }, { contractSchema }, { parquetRows }] = await Promise.all([
    import('../../activities/data/duckdb.js'),
    import('../../activities/data/contract/index.js'),
    import('../../activities/data/sql.js'),
  ]);
  const ctx = await testContext({ artifacts });
  try {
    const { columns } = contractSchema.parse(await ctx.artifacts.getJson(dataset.contract));
    const files = await Promise.all(dataset.files.map((file) => ctx.artifacts.localPath(file)));
    const query = `SELECT * FROM ${parquetRows(files)} LIMIT ${limit}`;
    const rows = await withDuckDb({ scratch: ctx.scratch }, (db) => db.rows(query));
    const byName = new Map(columns.map((column) => [column.name, column]));
    // The files were made by the contract, which is the row's type.
    return rows.map((row) => jsonOf(row, byName) as Row);
  } finally {
    await ctx.cleanup();
  }
}

function jsonOf(row: Readonly<Record<string, unknown>>, columns: ReadonlyMap<string, ColumnContract>) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value, columns.get(name))]));
}

function cellOf(value: unknown, column: ColumnContract | undefined): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (!(value instanceof Date)) return value;
  const text = value.toISOString().replace(/\.000Z$/, 'Z');
  if (column?.type === 'date') return text.slice(0, 'yyyy-mm-dd'.length);
  return column?.zone ? text : text.slice(0, -1);
}
