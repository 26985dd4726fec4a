import { FailureType, PawlError } from '../../../plan/failure.js';
import type { Contract } from '../contract/contract.js';
import type { DuckDb } from '../duckdb.js';
import { identifier } from '../sql.js';

/** The rule that a repeated row breaks, where duplicates are quarantined. */
export const DUPLICATE = 'repeats an earlier row';

const COPIES = 'copies_of_earlier_rows';

// DuckDB's own columns that say where a row of a Parquet file is; a column of the same name would hide them.
const PLACE = ['filename', 'file_row_number'] as const;

/** Counts the rows that are exact copies of earlier ones. */
export async function countDuplicates(db: DuckDb, rows: string, contract: Contract): Promise<number> {
  const columns = columnList(contract);
  const [found] = await db.rows(`SELECT coalesce(sum(n - 1), 0)::DOUBLE AS copies
    FROM (SELECT count(*) AS n FROM (${suspects(rows, columns)}) GROUP BY ${columns})`);
  return Number(found!.copies);
}

/**
 * Finds the rows that are exact copies of earlier ones.
 * @returns SQL over the rows of `read_parquet`: true for a copy.
 * @throws PawlError `InvalidPlan` when the contract has a column `filename` or `file_row_number`.
 */
export async function markDuplicates(db: DuckDb, rows: string, contract: Contract): Promise<string> {
  refusePlaceColumns(contract);
  const place = PLACE.join(', ');
  await db.run(`CREATE OR REPLACE TEMP TABLE ${COPIES} AS
    SELECT filename AS file, file_row_number AS place FROM (${suspects(rows, columnList(contract), `*, ${place}`)})
    QUALIFY row_number() OVER (PARTITION BY ${columnList(contract)} ORDER BY ${place}) > 1`);
  return `((${place}) IN (SELECT (file, place) FROM ${COPIES}))`;
}

/**
 * The rows whose hash comes twice: only those are compared in full, so that the large grouping handles numbers alone.
 */
function suspects(rows: string, columns: string, selected = columns): string {
  const hashes = `SELECT hash(${columns}) AS h FROM ${rows} GROUP BY h HAVING count(*) > 1`;
  return `SELECT ${selected} FROM ${rows} WHERE hash(${columns}) IN (${hashes})`;
}

function columnList(contract: Contract): string {
  return contract.columns.map(({ name }) => identifier(name)).join(', ');
}

function refusePlaceColumns(contract: Contract): void {
  const taken = contract.columns.find(({ name }) => PLACE.some((place) => place === name.toLowerCase()));
  if (!taken) return;
  throw new PawlError(FailureType.InvalidPlan, `duplicates cannot be put aside with a column "${taken.name}"`, {
    hint: `Rename the column, or use duplicates: 'report'.`,
    retryable: false,
  });
}
