import { identifier } from '../sql.js';
import type { ColumnContract, Contract, RowRule } from './contract.js';
import { ruleSql, typeSql } from './rule-sql.js';
import { REQUIRED, ruleText, typeRuleText } from './rule-text.js';

/** One condition of a contract, ready for SQL. */
export interface Check {
  /** Null: a rule over the whole row. */
  readonly column: string | null;
  /** How reports name the rule, unique for its column. */
  readonly rule: string;
  /** SQL: true where a row breaks the rule, false elsewhere, never NULL. */
  readonly broken: string;
}

/** All conditions of a contract, column by column and then the row rules. */
export function checksOf(contract: Contract): readonly Check[] {
  const checks = [...contract.columns.flatMap(columnChecks), ...contract.rules.map(rowCheck)];
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const name = checkName(check);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? check : { ...check, rule: `${check.rule} (${times})` };
  });
}

/** `delay: at most 1440`; a row rule is named by its description alone. */
export function checkName(check: Pick<Check, 'column' | 'rule'>): string {
  return check.column === null ? check.rule : `${check.column}: ${check.rule}`;
}

function columnChecks(column: ColumnContract): Check[] {
  const value = identifier(column.name);
  const kept = [
    ...[typeSql(column, value)].flatMap((sql) => (sql ? [{ rule: typeRuleText(column), sql }] : [])),
    ...column.rules.map((rule) => ({ rule: ruleText(rule), sql: ruleSql(rule, value, column.type, column.zone) })),
  ];
  const checks = kept.map(({ rule, sql }) => ({
    column: column.name,
    rule,
    broken: `(${value} IS NOT NULL AND NOT (${sql}))`,
  }));
  const required = { column: column.name, rule: REQUIRED, broken: `(${value} IS NULL)` };
  return column.nullable || column.optional ? checks : [required, ...checks];
}

function rowCheck(rule: RowRule): Check {
  // The line breaks keep a comment at the predicate's end from swallowing the rest.
  return { column: null, rule: rule.description, broken: `(NOT coalesce((\n${rule.sql}\n), true))` };
}
