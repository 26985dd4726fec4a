import { literal } from '../sql.js';
import type { ColumnContract, ColumnType, Rule } from './contract.js';
import { translatePattern } from './pattern.js';

/** Largest relative distance from a whole number that still counts as one: fractions are not exact in binary. */
export const MULTIPLE_TOLERANCE = 1e-9;

/**
 * An SQL condition that is true for the values that keep a rule. Its value for NULL does not matter.
 * @param value An SQL expression of the column.
 */
export function ruleSql(rule: Rule, value: string, type: ColumnType, zone: string | null): string {
  switch (rule.rule) {
    case 'min':
      return `${value} ${rule.exclusive ? '>' : '>='} ${boundSql(rule.value, type, zone)}`;
    case 'max':
      return `${value} ${rule.exclusive ? '<' : '<='} ${boundSql(rule.value, type, zone)}`;
    case 'multipleOf':
      return multipleSql(value, rule.value, type);
    case 'minLength':
      return `length(${value}) >= ${rule.value}`;
    case 'maxLength':
      return `length(${value}) <= ${rule.value}`;
    case 'pattern':
      return patternSql(value, rule.source, rule.flags);
    case 'startsWith':
      return `starts_with(${value}, ${literal(rule.text)})`;
    case 'endsWith':
      return `ends_with(${value}, ${literal(rule.text)})`;
    case 'includes':
      return `contains(${value}, ${literal(rule.text)})`;
    case 'oneOf':
      return `${value} IN (${rule.values.map(literal).join(', ')})`;
    case 'anyOf':
      return `(${rule.options.map((option) => allSql(option, value, type, zone)).join(' OR ')})`;
  }
}

/** The condition that a value is one of its column's type at all; undefined when storage already says so. */
export function typeSql(column: ColumnContract, value: string): string | undefined {
  switch (column.type) {
    case 'int':
      return `${value} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`;
    case 'double':
    case 'timestamp':
    case 'date':
      return `isfinite(${value})`;
    case 'text':
    case 'bool':
      return undefined;
  }
}

function allSql(rules: readonly Rule[], value: string, type: ColumnType, zone: string | null): string {
  return `(${['true', ...rules.map((rule) => ruleSql(rule, value, type, zone))].join(' AND ')})`;
}

function boundSql(bound: number | string, type: ColumnType, zone: string | null): string {
  if (typeof bound === 'number') return literal(bound);
  if (type === 'date') return `DATE ${literal(bound)}`;
  return `${zone === null ? 'TIMESTAMP' : 'TIMESTAMPTZ'} ${literal(bound)}`;
}

function multipleSql(value: string, divisor: number, type: ColumnType): string {
  if (type === 'int' && Number.isSafeInteger(divisor)) return `${value} % ${divisor} = 0`;
  const quotient = `(CAST(${value} AS DOUBLE) / ${literal(divisor)})`;
  return `abs(${quotient} - round(${quotient})) <= ${MULTIPLE_TOLERANCE} * greatest(1, abs(${quotient}))`;
}

function patternSql(value: string, source: string, flags: string): string {
  const translation = translatePattern(source, flags);
  if ('problem' in translation) throw new Error(`the pattern /${source}/ in a contract: ${translation.problem}`);
  return `regexp_matches(${value}, ${literal(translation.re2)})`;
}
