import type { ColumnContract } from '../contract/contract.js';
import type { DuckDb } from '../duckdb.js';
import { identifier } from '../sql.js';
import type { Bucket, ColumnStatistics, NumberStatistics, TextStatistics } from './statistics.js';

const BUCKETS = 100;
const MOST_VALUES = 1000;
const LONGEST_VALUE = 200;
const QUANTILES = { p1: 0.01, p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;

/** Name of the table with a column's values, ascending, and how often each comes. */
const COUNTS = 'value_counts';

/**
 * Statistics of one column. Everything is derived from how often each value comes, so it is exact and the same however
 * DuckDB splits the work; the counting goes through the disk where memory is short.
 * @param rows SQL of the rows.
 * @param total How many rows there are.
 */
export async function computeStatistics(
  db: DuckDb,
  rows: string,
  total: number,
  column: ColumnContract,
): Promise<ColumnStatistics> {
  await db.run(`CREATE OR REPLACE TEMP TABLE ${COUNTS} AS
    SELECT v, n, CAST(sum(n) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING) AS BIGINT) AS upto
    FROM (SELECT ${valueSql(column)} AS v, count(*) AS n FROM ${rows} GROUP BY v) WHERE v IS NOT NULL`);
  const [totals] = await db.rows(
    `SELECT coalesce(sum(n), 0)::DOUBLE AS count, count(*)::DOUBLE AS distinct_values FROM ${COUNTS}`,
  );
  const count = Number(totals!.count);
  const common = { name: column.name, count, nulls: total - count, distinct: Number(totals!.distinct_values) };
  const statistics = isText(column) ? await textStatistics(db, common) : await numberStatistics(db, common, column);
  await db.run(`DROP TABLE ${COUNTS}`);
  return statistics;
}

type Common = Pick<ColumnStatistics, 'name' | 'count' | 'nulls' | 'distinct'>;

function isText(column: ColumnContract): boolean {
  return column.type === 'text' || column.type === 'bool';
}

function isTime(column: ColumnContract): boolean {
  return column.type === 'timestamp' || column.type === 'date';
}

function valueSql(column: ColumnContract): string {
  const name = identifier(column.name);
  if (isText(column)) return `CAST(${name} AS VARCHAR)`;
  if (isTime(column)) return `epoch_us(CAST(${name} AS TIMESTAMP)) / 1000.0`;
  return `CAST(${name} AS DOUBLE)`;
}

async function textStatistics(db: DuckDb, common: Common): Promise<TextStatistics> {
  const top = await db.rows(`SELECT v, n::DOUBLE AS n FROM ${COUNTS} WHERE length(v) <= ${LONGEST_VALUE}
    ORDER BY n DESC, v LIMIT ${MOST_VALUES}`);
  return { ...common, kind: 'text', top: top.map((row) => ({ value: String(row.v), count: Number(row.n) })) };
}

async function numberStatistics(db: DuckDb, common: Common, column: ColumnContract): Promise<NumberStatistics> {
  return {
    ...common,
    kind: isTime(column) ? 'time' : 'number',
    summary: common.count === 0 ? null : await summarise(db, common.count),
    histogram: await histogram(db, common, column.type === 'int' ? 0.5 : 0),
  };
}

async function summarise(db: DuckDb, count: number): Promise<NonNullable<NumberStatistics['summary']>> {
  const quantiles = Object.entries(QUANTILES).map(
    ([name, share]) => `min(v) FILTER (WHERE upto >= ${Math.ceil(share * count)}) AS ${name}`,
  );
  const [row] = await db.rows(`SELECT min(v) AS low, max(v) AS high, any_value(mean) AS mean,
      sqrt(sum(n * (v - mean) ** 2) / ${count}) AS std, ${quantiles.join(', ')}
    FROM ${COUNTS}, (SELECT sum(v * n) / ${count} AS mean FROM ${COUNTS})`);
  const quantile = (name: keyof typeof QUANTILES) => Number(row![name]);
  return {
    min: Number(row!.low),
    max: Number(row!.high),
    mean: rounded(row!.mean),
    std: rounded(row!.std),
    quantiles: {
      p1: quantile('p1'),
      p5: quantile('p5'),
      p25: quantile('p25'),
      p50: quantile('p50'),
      p75: quantile('p75'),
      p95: quantile('p95'),
      p99: quantile('p99'),
    },
  };
}

/**
 * At most a hundred buckets of about equal counts, or one for each value when there are not more values than that. A
 * value that fills a bucket alone gets one of its own, so that it stays a point.
 * @param half Half of the width that a value stands for.
 */
async function histogram(db: DuckDb, { count, distinct }: Common, half: number): Promise<Bucket[]> {
  const alone = distinct <= BUCKETS ? 'true' : `n * ${BUCKETS} >= ${count}`;
  const rows = await db.rows(`SELECT min(v) - ${half} AS low, max(v) + ${half} AS high, sum(n)::DOUBLE AS size
    FROM ${COUNTS} GROUP BY CASE WHEN ${alone} THEN v END, (upto - n) * ${BUCKETS} // ${Math.max(1, count)} ORDER BY low`);
  return rows.map((row) => ({ low: Number(row.low), high: Number(row.high), count: Number(row.size) }));
}

/** The last digits of a sum depend on the order in which DuckDB's threads add. */
function rounded(value: unknown): number {
  return Number(Number(value).toPrecision(12));
}
