import type { DuckDb } from './duckdb.js';
import { literal } from './sql.js';

/**
 * Writes the rows of a query to a Parquet file, in the query's order. The same rows give the same bytes, whatever the
 * number of threads.
 * @returns The number of rows.
 */
export async function writeParquet(db: DuckDb, query: string, file: string): Promise<number> {
  const options = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880';
  const [written] = await db.rows(`COPY (${query}) TO ${literal(file)} (${options})`);
  return Number(written?.Count);
}
