import { suggestName } from '../../../plan/suggest.js';
import type { ColumnContract, Contract } from '../contract/contract.js';
import { invalidData } from '../invalid-data.js';
import type { OpenSource, SourceColumn } from '../source/open-source.js';
import { identifier } from '../sql.js';
import { castCell } from './cast-cell.js';
import { convertColumn, sqlTypeOf } from './convert-column.js';

/** A column of the contract, read from the source. */
export interface BoundColumn {
  readonly column: ColumnContract;
  /** SQL over the source's rows: the value in its stored type. */
  readonly sql: string;
  /** SQL of the text a CSV cell had; null where values are typed already. */
  readonly cell: string | null;
}

/**
 * Finds each column of a contract in a source and converts it to the type it is stored in.
 * @throws PawlError `InvalidData` that names every column that is missing or of another type.
 */
export function bindColumns(contract: Contract, source: OpenSource): readonly BoundColumn[] {
  const results = contract.columns.map((column) => bindColumn(column, contract, source));
  const problems = [...results.filter((result) => typeof result === 'string'), ...unexpected(contract, source)];
  if (problems.length === 0) return results.filter((result) => typeof result !== 'string');
  throw invalidData(
    `${source.label} does not fit its contract: ${problems.join('; ')}`,
    `It has ${source.columns.map(({ name, type }) => `${name} (${type})`).join(', ')}.`,
  );
}

function bindColumn(column: ColumnContract, contract: Contract, source: OpenSource): BoundColumn | string {
  const found = source.columns.find(({ name }) => name === column.name);
  if (!found) return missing(column, contract, source.columns);
  const name = identifier(column.name);
  if (source.source.format === 'csv') return { column, sql: castCell(name, column), cell: name };
  const sql = convertColumn(name, column, found.type);
  if (sql !== undefined) return { column, sql, cell: null };
  return `column "${column.name}": expected ${describeType(column)}, found ${found.type}`;
}

function missing(column: ColumnContract, contract: Contract, present: readonly SourceColumn[]): BoundColumn | string {
  if (column.optional) return { column, sql: `CAST(NULL AS ${sqlTypeOf(column)})`, cell: null };
  const names = present.map(({ name }) => name);
  // A column that was renamed is among those that no other column of the contract is read from.
  const free = names.filter((name) => !contract.columns.some((other) => other.name === name));
  return `column "${column.name}" is missing. ${suggestName(column.name, free.length > 0 ? free : names)}`.replace(
    /\.$/,
    '',
  );
}

function unexpected(contract: Contract, source: OpenSource): string[] {
  if (contract.others === 'ignored') return [];
  const known = new Set(contract.columns.map(({ name }) => name));
  const extra = source.columns.filter(({ name }) => !known.has(name));
  return extra.map(({ name }) => `column "${name}" is not in the contract, which is strict`);
}

function describeType(column: ColumnContract): string {
  if (column.type !== 'timestamp') return column.type;
  return column.zone === null ? 'a timestamp without zone' : `a timestamp (zone ${column.zone})`;
}
