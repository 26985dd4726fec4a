import { FailureType, PawlError } from '../../plan/failure.js';
import type { Columns, ColumnUse, ColumnValues } from './columns.js';
import { parseTime } from './parse-time.js';

/**
 * Columns of raw rows, as JSON carries them. `null` and an absent property are missing values.
 * @throws PawlError `InvalidValue` naming the row and column of a value of the wrong type.
 */
export function columnsOfRows(rows: readonly unknown[], uses: ReadonlyMap<string, ColumnUse>): Columns {
  const columns: Record<string, ColumnValues> = {};
  for (const [name, use] of uses) {
    const values = rows.map((row) => (row as Readonly<Record<string, unknown>> | null)?.[name] ?? null);
    columns[name] = use === 'text' ? textColumn(values, name) : numberColumn(values, name, use);
  }
  return columns;
}

function numberColumn(values: readonly unknown[], name: string, use: 'number' | 'time'): ColumnValues {
  const read = use === 'time' ? readTime : readNumber;
  return {
    kind: 'number',
    values: Float64Array.from(values, (value, row) => read(value) ?? refuse(value, name, row, use)),
  };
}

function readNumber(value: unknown): number | undefined {
  if (value === null) return Number.NaN;
  return typeof value === 'number' ? value : undefined;
}

function readTime(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? parseTime(value) : readNumber(value);
}

function textColumn(values: readonly unknown[], name: string): ColumnValues {
  const dictionary: string[] = [];
  const codes = new Map<string, number>();
  const codeOf = (text: string): number => {
    const known = codes.get(text);
    if (known !== undefined) return known;
    codes.set(text, dictionary.length);
    return dictionary.push(text) - 1;
  };
  const codesOfRows = Int32Array.from(values, (value, row) => {
    if (value === null) return -1;
    return typeof value === 'string' || typeof value === 'boolean'
      ? codeOf(String(value))
      : refuse(value, name, row, 'text');
  });
  return { kind: 'text', codes: codesOfRows, dictionary };
}

function refuse(value: unknown, name: string, row: number, use: ColumnUse): never {
  throw new PawlError(
    FailureType.InvalidValue,
    `row ${row}, column "${name}": ${JSON.stringify(value)} is not a ${use}`,
    { hint: 'Send the column as the row schema of the model declares it.', retryable: false },
  );
}
