import { suggestName } from '../../../plan/suggest.js';
import type { ColumnContract, Contract } from './contract.js';
import { keepsRule, typeProblem } from './rule-check.js';
import { REQUIRED, ruleText } from './rule-text.js';

/** What is wrong with one column of a row. */
export interface RowProblem {
  readonly column: string;
  /** The rule it breaks, for example `at most 1440`. */
  readonly rule: string;
  /** A sentence: the column, what was expected, what came. */
  readonly message: string;
}

export interface CheckRowOptions {
  /** Columns that may be absent: the label, when a model is asked to predict it. */
  readonly without?: readonly string[];
}

/**
 * Checks a row of JSON, such as an instance of a prediction request, as `validate` checks data. Every problem is
 * reported, unknown columns too. Row rules are SQL and are not run here.
 *
 * @returns No problems for a row that keeps the contract.
 * @example
 * checkRow(contract, { origin: 'ATL', distance: -1 }, { without: ['delay'] })
 */
export function checkRow(contract: Contract, row: unknown, options: CheckRowOptions = {}): readonly RowProblem[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return [{ column: '', rule: 'an object', message: `expected an object of columns, got ${shown(row)}` }];
  }
  const values = row as Readonly<Record<string, unknown>>;
  const columns = contract.columns.flatMap((column) => columnProblems(column, values, options.without ?? []));
  return [...columns, ...unknownColumns(contract, values)];
}

/** A row with the contract's defaults in place of the fields that are missing. A null is no missing field. */
export function withDefaults<Row extends object>(contract: Contract, row: Row): Row {
  const filled = contract.columns.filter(
    ({ name, default: value }) => value !== undefined && !Object.hasOwn(row, name),
  );
  return { ...row, ...Object.fromEntries(filled.map((column) => [column.name, column.default])) };
}

function columnProblems(
  column: ColumnContract,
  row: Readonly<Record<string, unknown>>,
  without: readonly string[],
): RowProblem[] {
  const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
  if (value === undefined) {
    const mayMiss = column.optional || column.default !== undefined || without.includes(column.name);
    return mayMiss ? [] : [problem(column, 'present', 'is missing')];
  }
  if (value === null) return column.nullable ? [] : [problem(column, REQUIRED, 'is null')];
  const wrongType = typeProblem(column, value);
  if (wrongType) return [problem(column, wrongType, `must be ${wrongType}, got ${shown(value)}`)];
  const broken = column.rules.filter((rule) => !keepsRule(rule, value)).map(ruleText);
  return broken.map((rule) => problem(column, rule, `breaks the rule "${rule}" with ${shown(value)}`));
}

function unknownColumns(contract: Contract, row: Readonly<Record<string, unknown>>): RowProblem[] {
  const known = contract.columns.map((column) => column.name);
  const unknown = Object.keys(row).filter((name) => !known.includes(name));
  return unknown.map((name) => ({
    column: name,
    rule: 'a column of the contract',
    message: `column "${name}" is not in the contract. ${suggestName(name, known)}`,
  }));
}

function problem(column: ColumnContract, rule: string, what: string): RowProblem {
  return { column: column.name, rule, message: `column "${column.name}" ${what}` };
}

const MOST_CHARACTERS = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
