import type { Check } from '../contract/checks.js';
import type { DuckDb } from '../duckdb.js';

export interface BrokenCounts {
  readonly rows: number;
  /** Rows that break at least one rule. */
  readonly bad: number;
  /** Rows that break each rule, in the checks' order. */
  readonly byCheck: readonly number[];
}

/** Counts the rows that break each rule, in one pass over the data. */
export async function countBroken(db: DuckDb, rows: string, checks: readonly Check[]): Promise<BrokenCounts> {
  const counts = checks.map((check, index) => `count(*) FILTER (WHERE ${check.broken})::DOUBLE AS c${index}`);
  const bad = `count(*) FILTER (WHERE ${anyBroken(checks)})::DOUBLE AS bad`;
  const [found] = await db.rows(`SELECT ${['count(*)::DOUBLE AS total', bad, ...counts].join(', ')} FROM ${rows}`);
  return {
    rows: Number(found!.total),
    bad: Number(found!.bad),
    byCheck: checks.map((_, index) => Number(found![`c${index}`])),
  };
}

/** SQL: true for a row that breaks a rule. */
export function anyBroken(checks: readonly Check[]): string {
  return `(${['false', ...checks.map((check) => check.broken)].join(' OR ')})`;
}
