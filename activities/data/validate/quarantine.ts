import { type Check, checkName } from '../contract/checks.js';
import type { Contract } from '../contract/contract.js';
import type { DuckDb } from '../duckdb.js';
import { identifier, literal, parquetRows } from '../sql.js';
import { writeParquet } from '../write-parquet.js';
import { anyBroken } from './count-broken.js';

const MOST_EXAMPLES = 5;

export type Example = Record<string, string | null>;

/** Name of the column with the rules a row broke: `broken_rules`, unless the contract has such a column. */
export function brokenRulesColumn(contract: Contract): string {
  const taken = new Set(contract.columns.map(({ name }) => name.toLowerCase()));
  let name = 'broken_rules';
  while (taken.has(name)) name = `_${name}`;
  return name;
}

/** Writes the rows that break a rule, with the names of the rules they break. */
export async function writeQuarantine(
  db: DuckDb,
  rows: string,
  contract: Contract,
  checks: readonly Check[],
  file: string,
): Promise<void> {
  const names = checks.map((check) => `CASE WHEN ${check.broken} THEN [${literal(checkName(check))}] ELSE [] END`);
  const broken = `${names.join(' || ')} AS ${identifier(brokenRulesColumn(contract))}`;
  await writeParquet(db, `SELECT *, ${broken} FROM ${rows} WHERE ${anyBroken(checks)}`, file);
}

/** The first rows of a quarantine that break a rule, cells as text. */
export async function examplesOf(db: DuckDb, file: string, contract: Contract, check: Check): Promise<Example[]> {
  const cells = contract.columns.map(({ name }) => `CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`);
  const broken = identifier(brokenRulesColumn(contract));
  const rows = await db.rows(`SELECT ${cells.join(', ')} FROM ${parquetRows([file])}
    WHERE list_contains(${broken}, ${literal(checkName(check))}) LIMIT ${MOST_EXAMPLES}`);
  return rows.map((row) => ({ ...row }) as Example);
}
