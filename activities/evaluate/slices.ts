import type { ColumnValues } from '../features/columns.js';

/** The rows in which a column has one value. */
export interface Slice {
  /** `origin=ATL`; `origin is missing`. */
  readonly name: string;
  /** Positions in the list of rows that was given. */
  readonly at: Uint32Array;
}

/** Cuts rows by the values of a column. @returns The `top` values with the most rows, most rows first. */
export function sliceBy(name: string, column: ColumnValues, rows: Uint32Array, top: number): Slice[] {
  const value = column.kind === 'text' ? (row: number) => column.codes[row]! : (row: number) => column.values[row]!;
  const groups = new Map<number, number[]>();
  rows.forEach((row, at) => {
    const key = value(row);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  });
  return Array.from(groups, ([key, at]) => ({ name: nameOf(name, column, key), at: Uint32Array.from(at) }))
    .sort((a, b) => b.at.length - a.at.length || (a.name < b.name ? -1 : 1))
    .slice(0, top);
}

function nameOf(name: string, column: ColumnValues, key: number): string {
  const missing = column.kind === 'text' ? key < 0 : Number.isNaN(key);
  if (missing) return `${name} is missing`;
  return `${name}=${column.kind === 'text' ? column.dictionary[key] : key}`;
}
