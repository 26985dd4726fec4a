import { FailureType, PawlError } from '../../../plan/failure.js';
import type { Contract } from '../contract/contract.js';
import { type DuckDb, firstLine } from '../duckdb.js';

/** Makes sure that each row rule is SQL over the contract's columns. @throws PawlError `InvalidPlan` naming the rule. */
export async function checkRowRules(db: DuckDb, contract: Contract, rows: string): Promise<void> {
  for (const rule of contract.rules) {
    const type = await typeOf(db, rule.sql, rows).catch((error: unknown) => {
      throw invalidRule(rule.description, firstLine(error), error);
    });
    if (type !== 'BOOLEAN') throw invalidRule(rule.description, `it is ${type}, not a condition`);
  }
}

async function typeOf(db: DuckDb, sql: string, rows: string): Promise<string> {
  const [described] = await db.rows(`DESCRIBE SELECT (\n${sql}\n) AS rule FROM ${rows}`);
  return String(described?.column_type);
}

function invalidRule(description: string, problem: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.InvalidPlan, `the row rule "${description}" cannot be checked: ${problem}`, {
    hint: 'Write one boolean DuckDB expression over the columns of the schema.',
    retryable: false,
    cause,
  });
}
