import type { z } from 'zod';
import { FailureType, PawlError } from '../../../plan/failure.js';
import { readColumn } from './column-of.js';
import type { Contract, RowRule } from './contract.js';
import { readAll, refusal } from './refusal.js';
import { rowRuleOf } from './row-rule.js';

/**
 * Compiles a zod row schema to a contract: plain JSON whose conditions run in SQL and in JavaScript alike. Nothing is
 * silently left out.
 *
 * @throws RowSchemaError (`InvalidPlan`) naming each column for whatever cannot be a condition on stored data: functions
 *   (`refine`, `check`, `superRefine`), changes of the value (`transform`, `coerce`, `catch`, `trim`), nested values.
 * @example
 * const contract = contractOf(z.object({ delay: z.int().min(-60), origin: z.string().regex(/^[A-Z]{3}$/).nullable() }));
 * const digest = digestOfJson(contract);
 */
export function contractOf(rows: z.ZodObject): Contract {
  const parts: readonly (() => Partial<Contract>)[] = [
    () => ({ columns: readAll(Object.entries(rows.shape), ([name, schema]) => readColumn(name, schema as Schema)) }),
    () => ({ rules: readAll(rows._zod.def.checks ?? [], readRowRule) }),
    () => ({ others: readCatchall(rows) }),
  ];
  const contract: Contract = Object.assign({ kind: 'contract', format: 1 }, ...readAll(parts, (part) => part()));
  if (contract.columns.length === 0) throw emptyContract();
  return contract;
}

type Schema = z.core.$ZodType;

function readRowRule(check: z.core.$ZodCheck): RowRule {
  const rule = rowRuleOf(check);
  if (rule) return rule;
  throw refusal(
    '(row)',
    'a function over the whole row (refine, check or superRefine) cannot run in SQL',
    `Write .check(sql('origin <> destination', 'a flight goes somewhere else')), with sql of pawl/ml.`,
  );
}

function readCatchall(rows: z.ZodObject): Contract['others'] {
  const catchall = rows._zod.def.catchall?._zod.def.type;
  if (catchall === undefined) return 'ignored';
  if (catchall === 'never') return 'refused';
  throw refusal(
    '(row)',
    'columns beside the named ones (loose, catchall) would not be checked one by one',
    'Name each column, or use z.object, which leaves other columns out, or z.strictObject, which refuses them.',
  );
}

function emptyContract(): PawlError {
  return new PawlError(FailureType.InvalidPlan, 'the row schema has no columns', {
    hint: 'Name at least one, as z.object({ delay: z.int() }).',
    retryable: false,
  });
}
