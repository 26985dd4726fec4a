import { FailureType, PawlError } from '../../../plan/failure.js';
import { suggestName } from '../../../plan/suggest.js';
import type { DuckDb } from '../duckdb.js';
import { invalidData, readingFile, rowCount } from '../invalid-data.js';
import type { OpenSource } from '../source/open-source.js';
import type { Partitioning, PartitionSpan } from '../source/source.js';
import { identifier, literal } from '../sql.js';
import type { BoundColumn } from './bind-columns.js';

interface Span {
  readonly form: RegExp;
  readonly example: string;
  /** For strftime. */
  readonly format: string;
  /** Completes a name to a date. */
  readonly rest: string;
}

const SPANS: Readonly<Record<PartitionSpan, Span>> = {
  year: { form: /^\d{4}$/, example: '2001', format: '%Y', rest: '-01-01' },
  month: { form: /^\d{4}-(0[1-9]|1[0-2])$/, example: '2001-01', format: '%Y-%m', rest: '-01' },
  day: { form: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, example: '2001-01-31', format: '%Y-%m-%d', rest: '' },
};

const MOST_LISTED = 12;

/** One span of time of a source. */
export interface Partition {
  /** SQL condition on the source's rows. */
  readonly where: string;
  /** The error for a partition without rows: it lists the partitions there are. */
  empty(): Promise<PawlError>;
}

/**
 * The rows of a partition, by its name (`2001-01`).
 * @throws PawlError `InvalidPlan` when the source says nothing of partitions; `InvalidData` for a name of another form
 *   or a column that has no dates. Each lists what there is.
 */
export async function openPartition(
  db: DuckDb,
  source: OpenSource,
  bound: readonly BoundColumn[],
  name: string,
): Promise<Partition> {
  const by = source.source.partition;
  if (!by) throw notPartitioned(source, name);
  const span = SPANS[by.by];
  const time = timeSql(source, bound, by);
  if (!isSpan(name, span)) {
    const message = `"${name}" is not the name of a ${by.by}: those look like ${span.example}`;
    throw invalidData(message, await listPartitions(db, source, time, span));
  }
  const first = `TIMESTAMP ${literal(`${name}${span.rest} 00:00:00`)}`;
  return {
    where: `${time} >= ${first} AND ${time} < ${first} + INTERVAL 1 ${by.by}`,
    empty: async () => {
      const message = `${source.label} has no rows in ${name}: no "${by.column}" lies in that ${by.by}`;
      return invalidData(message, await listPartitions(db, source, time, span));
    },
  };
}

function isSpan(name: string, span: Span): boolean {
  // The 31st of February has the form of a day and is none.
  const date = new Date(`${name}${span.rest}T00:00:00Z`);
  return span.form.test(name) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(name);
}

/** SQL of the clock that decides to which partition a row belongs. */
function timeSql(source: OpenSource, bound: readonly BoundColumn[], by: Partitioning): string {
  const found = source.columns.find(({ name }) => name === by.column);
  if (!found) {
    const names = source.columns.map(({ name }) => name);
    throw invalidData(`${source.label} has no column "${by.column}" to partition by`, suggestName(by.column, names));
  }
  const name = identifier(by.column);
  if (source.source.format === 'csv') return `TRY_CAST(${name} AS TIMESTAMP)`;
  if (!/^(DATE|TIMESTAMP)/.test(found.type)) {
    throw invalidData(
      `${source.label} cannot be partitioned by "${by.column}", which is ${found.type}`,
      'Partition by a column of dates or timestamps.',
    );
  }
  if (!found.type.includes('WITH TIME ZONE')) return name;
  const zone = bound.find(({ column }) => column.name === by.column)?.column.zone ?? 'UTC';
  return `(${name} AT TIME ZONE ${literal(zone)})`;
}

async function listPartitions(db: DuckDb, source: OpenSource, time: string, span: Span): Promise<string> {
  const sql = `SELECT strftime(${time}, ${literal(span.format)}) AS part, count(*)::DOUBLE AS size
    FROM ${source.rows} WHERE ${time} IS NOT NULL GROUP BY part ORDER BY part`;
  const parts = await readingFile(source.label, () => db.rows(sql));
  if (parts.length === 0) return 'There is no partition: the column holds no times.';
  const texts = parts.map((part) => `${part.part} (${rowCount(Number(part.size))})`);
  if (texts.length <= MOST_LISTED) return `There are ${texts.join(', ')}.`;
  return `There are ${texts.length}, from ${texts[0]} to ${texts[texts.length - 1]}.`;
}

function notPartitioned(source: OpenSource, name: string): PawlError {
  return new PawlError(
    FailureType.InvalidPlan,
    `partition "${name}" of ${source.source.uri} was asked for, and the source is not partitioned`,
    {
      hint: `Say by what: ${source.source.format}('…', { partition: { column: 'date', by: 'month' } }).`,
      retryable: false,
    },
  );
}
