import type { ColumnContract, Rule, Scalar } from './contract.js';

const MOST_VALUES = 5;

/** A rule as reports name it, for example `at most 1440`. */
export function ruleText(rule: Rule): string {
  switch (rule.rule) {
    case 'min':
      return `${rule.exclusive ? 'above' : 'at least'} ${rule.value}`;
    case 'max':
      return `${rule.exclusive ? 'below' : 'at most'} ${rule.value}`;
    case 'multipleOf':
      return `a multiple of ${rule.value}`;
    case 'minLength':
      return `at least ${rule.value} characters`;
    case 'maxLength':
      return `at most ${rule.value} characters`;
    case 'pattern':
      return rule.format ? `a valid ${rule.format}` : `matches /${rule.source}/${rule.flags}`;
    case 'startsWith':
      return `starts with ${JSON.stringify(rule.text)}`;
    case 'endsWith':
      return `ends with ${JSON.stringify(rule.text)}`;
    case 'includes':
      return `includes ${JSON.stringify(rule.text)}`;
    case 'oneOf':
      return `one of ${listValues(rule.values)}`;
    case 'anyOf':
      return rule.options.map((option) => `(${option.map(ruleText).join(' and ')})`).join(' or ');
  }
}

/** The rule that a column's type is. */
export function typeRuleText(column: ColumnContract): string {
  switch (column.type) {
    case 'int':
      return 'a whole number within ±(2^53 - 1)';
    case 'double':
      return 'a finite number';
    case 'text':
      return 'a text';
    case 'bool':
      return 'true or false';
    case 'timestamp':
      return column.zone === null ? 'a timestamp without zone' : 'a timestamp with an offset or Z';
    case 'date':
      return 'a date';
  }
}

/** The rule of a column that is not nullable. */
export const REQUIRED = 'not null';

function listValues(values: readonly Scalar[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => JSON.stringify(value));
  return values.length > MOST_VALUES ? `${values.length} values (${shown.join(', ')}, …)` : shown.join(', ');
}
