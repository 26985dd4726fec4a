import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { FailureType, PawlError } from '../../plan/failure.js';
import { suggestName } from '../../plan/suggest.js';
import type { Columns, ColumnValues } from '../features/columns.js';
import { type DuckDb, type DuckDbOptions, withDuckDb } from './duckdb.js';
import { identifier, parquetRows } from './sql.js';

/** A column to read: one of the file's, or an SQL expression over them, such as `{ name: 'late', sql: 'delay > 15' }`. */
export type ColumnRequest = string | { readonly name: string; readonly sql: string };

export interface ReadColumnsOptions extends DuckDbOptions {
  /** SQL condition: only the rows for which it is true. */
  readonly where?: string;
  /** SQL list of expressions. Default: the order in the files. */
  readonly orderBy?: string;
}

/** Rows of Parquet files, column by column. */
export interface ColumnTable {
  readonly rows: number;
  readonly columns: Columns;
}

/**
 * Reads columns of Parquet files into memory, for training and evaluation: 500,000 rows of five columns in well under a
 * second, without an object for each row.
 *
 * - numbers, dates and timestamps: `{ kind: 'number', values: Float64Array }`, NaN where the value is NULL. Timestamps
 *   are milliseconds since 1970-01-01 UTC; one without zone is read as if its clock were UTC. Dates are their midnight.
 * - texts, enums and booleans (`true`, `false`): `{ kind: 'text', codes: Int32Array, dictionary }`, where the dictionary
 *   is sorted and a NULL has the code -1.
 *
 * The rows keep the files' order (or `orderBy`), whatever the number of threads.
 *
 * @throws PawlError `InvalidData` for a column that is not in the files, or of a type that is none of these.
 * @example
 * const { rows, columns } = await readColumns(files, ['delay', 'origin'], { scratch: ctx.scratch });
 */
export async function readColumns(
  files: readonly string[],
  columns: readonly ColumnRequest[],
  options: ReadColumnsOptions,
): Promise<ColumnTable> {
  return withDuckDb(options, async (db) => {
    const source = sourceOf(files, options.where);
    const plans = await planColumns(db, files, source, columns);
    await makeDictionaries(db, plans, source);
    const order = options.orderBy ? ` ORDER BY ${options.orderBy}` : '';
    const selected = plans.map((plan) => plan.select).join(', ');
    return collect(await db.stream(`SELECT ${selected} FROM ${source}${order}`), plans);
  });
}

interface ColumnPlan {
  readonly name: string;
  readonly sql: string;
  readonly select: string;
  /** Name of the SQL type with its texts; undefined: a number. */
  readonly dictionary: string | undefined;
  texts: readonly string[];
}

function sourceOf(files: readonly string[], where: string | undefined): string {
  const rows = parquetRows(files);
  return where ? `(SELECT * FROM ${rows} WHERE ${where})` : rows;
}

async function planColumns(
  db: DuckDb,
  files: readonly string[],
  source: string,
  columns: readonly ColumnRequest[],
): Promise<ColumnPlan[]> {
  const present = (await db.rows(`DESCRIBE SELECT * FROM ${parquetRows(files)}`)).map((row) => String(row.column_name));
  const requests = columns.map((column) => normalise(column, present));
  const select = requests.map(({ name, sql }) => `(${sql}) AS ${identifier(name)}`).join(', ');
  const types = await db.rows(`DESCRIBE SELECT ${select} FROM ${source}`);
  return requests.map((request, index) => planColumn(request, String(types[index]!.column_type), index));
}

function normalise(column: ColumnRequest, present: readonly string[]): { name: string; sql: string } {
  if (typeof column !== 'string') return column;
  if (present.includes(column)) return { name: column, sql: identifier(column) };
  throw new PawlError(FailureType.InvalidData, `the data has no column "${column}"`, {
    hint: suggestName(column, present),
    retryable: false,
  });
}

function planColumn({ name, sql }: { name: string; sql: string }, type: string, index: number): ColumnPlan {
  if (/^(VARCHAR|ENUM|BOOLEAN|UUID)/.test(type)) {
    const dictionary = `dictionary_${index}`;
    const select = `coalesce(enum_code(CAST(CAST((${sql}) AS VARCHAR) AS ${dictionary})), -1)::DOUBLE`;
    return { name, sql, select, dictionary, texts: [] };
  }
  return {
    name,
    sql,
    select: `coalesce(${numberSql(name, sql, type)}, 'nan'::DOUBLE)`,
    dictionary: undefined,
    texts: [],
  };
}

function numberSql(name: string, sql: string, type: string): string {
  if (/^(DATE|TIMESTAMP)/.test(type)) return `epoch_us(CAST((${sql}) AS TIMESTAMP)) / 1000.0`;
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(type)) return `CAST((${sql}) AS DOUBLE)`;
  throw new PawlError(FailureType.InvalidData, `column "${name}" is of type ${type}, which cannot be read`, {
    hint: 'Columns of numbers, texts, booleans, dates and timestamps can.',
    retryable: false,
  });
}

async function makeDictionaries(db: DuckDb, plans: readonly ColumnPlan[], source: string): Promise<void> {
  for (const plan of plans) {
    if (!plan.dictionary) continue;
    const texts = `SELECT DISTINCT CAST((${plan.sql}) AS VARCHAR) AS text FROM ${source}`;
    const rows = await db.rows(`SELECT text FROM (${texts}) WHERE text IS NOT NULL ORDER BY text`);
    plan.texts = rows.map((row) => String(row.text));
    await db.run(
      `CREATE TYPE ${plan.dictionary} AS ENUM (SELECT text FROM (${texts}) WHERE text IS NOT NULL ORDER BY text)`,
    );
  }
}

/** Every column arrives as DOUBLE without NULLs: one shape to copy, and no test of a validity bit for each value. */
async function collect(result: DuckDBResult, plans: readonly ColumnPlan[]): Promise<ColumnTable> {
  const parts: Float64Array[][] = plans.map(() => []);
  let rows = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    rows += chunk.rowCount;
    for (const [index, list] of parts.entries()) list.push(copyColumn(chunk, index));
  }
  const entries = plans.map((plan, index) => [plan.name, columnOf(plan, parts[index]!, rows)] as const);
  return { rows, columns: Object.fromEntries(entries) };
}

function copyColumn(chunk: DuckDBDataChunk, index: number): Float64Array {
  const vector = chunk.getColumnVector(index);
  const values = new Float64Array(chunk.rowCount);
  for (let row = 0; row < values.length; row += 1) values[row] = vector.getItem(row) as number;
  return values;
}

function columnOf(plan: ColumnPlan, parts: readonly Float64Array[], rows: number): ColumnValues {
  if (!plan.dictionary) return { kind: 'number', values: joinInto(new Float64Array(rows), parts) };
  return { kind: 'text', codes: joinInto(new Int32Array(rows), parts), dictionary: plan.texts };
}

function joinInto<A extends Float64Array | Int32Array>(target: A, parts: readonly Float64Array[]): A {
  let offset = 0;
  for (const part of parts) {
    target.set(part, offset);
    offset += part.length;
  }
  return target;
}
