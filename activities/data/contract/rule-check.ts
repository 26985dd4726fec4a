import type { ColumnContract, Rule } from './contract.js';
import { regexOf } from './pattern.js';
import { MULTIPLE_TOLERANCE } from './rule-sql.js';
import { typeRuleText } from './rule-text.js';
import { dateProblem, timeOf, timestampProblem } from './timestamp.js';

/** Tells whether a JSON value, of the column's type and not null, keeps a rule: the same answer as the SQL of the rule. */
export function keepsRule(rule: Rule, value: unknown): boolean {
  switch (rule.rule) {
    case 'min':
      return compare(value, rule.value) > (rule.exclusive ? 0 : -1);
    case 'max':
      return compare(value, rule.value) < (rule.exclusive ? 0 : 1);
    case 'multipleOf':
      return isMultiple(value as number, rule.value);
    case 'minLength':
      return codePoints(value as string) >= rule.value;
    case 'maxLength':
      return codePoints(value as string) <= rule.value;
    case 'pattern':
      return regexOf(rule.source, rule.flags).test(value as string);
    case 'startsWith':
      return (value as string).startsWith(rule.text);
    case 'endsWith':
      return (value as string).endsWith(rule.text);
    case 'includes':
      return (value as string).includes(rule.text);
    case 'oneOf':
      return rule.values.some((known) => known === value);
    case 'anyOf':
      return rule.options.some((option) => option.every((part) => keepsRule(part, value)));
  }
}

/** Says what a JSON value should have been when it is not of the column's type. */
export function typeProblem(column: ColumnContract, value: unknown): string | undefined {
  return isOfType(column, value) ? undefined : typeRuleText(column);
}

function isOfType(column: ColumnContract, value: unknown): boolean {
  switch (column.type) {
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'text':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'timestamp':
      return typeof value === 'string' && timestampProblem(value, column.zone) === undefined;
    case 'date':
      return typeof value === 'string' && dateProblem(value) === undefined;
  }
}

/** -1, 0 or 1; texts are points in time here, since only they have bounds. */
function compare(value: unknown, bound: number | string): number {
  if (typeof bound === 'number') return Math.sign((value as number) - bound);
  return Math.sign(timeOf(value as string) - timeOf(bound));
}

function codePoints(text: string): number {
  return [...text].length;
}

function isMultiple(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const quotient = value / divisor;
  return Math.abs(quotient - Math.round(quotient)) <= MULTIPLE_TOLERANCE * Math.max(1, Math.abs(quotient));
}
