/** Numbers, one a row. NaN and infinities count as missing. Times are milliseconds since 1970 on their own clock. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** Texts, one a row, as indexes into a dictionary; -1 is missing. Truth values are the texts `true` and `false`. */
export interface TextColumn {
  readonly kind: 'text';
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/** One column of a table. */
export type ColumnValues = NumberColumn | TextColumn;

/** Columns of one table by name, all of the same length. */
export type Columns = Readonly<Record<string, ColumnValues>>;

/** Number of rows of a column. */
export function lengthOf(column: ColumnValues): number {
  return column.kind === 'number' ? column.values.length : column.codes.length;
}

/** How a transform reads a column: as numbers, as texts, or as points in time. */
export type ColumnUse = 'number' | 'text' | 'time';
