import { z } from 'zod';
import { FailureType, PawlError } from '../../../plan/failure.js';
import type { RowRule } from './contract.js';

// A tag on the check, not on the schema: zod keeps checks when a schema is wrapped or extended, and drops `.meta()`.
const ruleOfCheck = new WeakMap<object, RowRule>();

/**
 * A rule over whole rows, in SQL. As with a CHECK constraint, a row breaks it when the predicate is false; NULL passes.
 * It is checked where the data is validated, in one pass with the other rules. zod's own `parse` does not run it, and a
 * request with single rows is not checked by it.
 *
 * @param predicate A boolean DuckDB expression over the columns, the same for the same row (no `random()`, no `now()`).
 * @param description How reports name the rule. Default: the predicate.
 * @throws PawlError `InvalidPlan` for a predicate that is empty or has a semicolon.
 * @example
 * const Flight = z.object({ origin: z.string(), destination: z.string() })
 *   .check(sql('origin <> destination', 'a flight goes somewhere else'));
 */
export function sql(predicate: string, description: string = predicate): z.core.$ZodCheck<unknown> {
  if (predicate.trim() === '' || predicate.includes(';')) {
    throw new PawlError(FailureType.InvalidPlan, `"${predicate}" cannot be a row rule`, {
      hint: `Write one boolean SQL expression over the columns, as sql('origin <> destination').`,
      retryable: false,
    });
  }
  const check = z.check(() => {});
  ruleOfCheck.set(check, { sql: predicate, description: description.trim() || predicate });
  return check;
}

/** The row rule behind a check of a zod object; undefined for any other check. */
export function rowRuleOf(check: object): RowRule | undefined {
  return ruleOfCheck.get(check);
}
