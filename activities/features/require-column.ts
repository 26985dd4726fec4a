import { FailureType, PawlError } from '../../plan/failure.js';
import type { Columns, ColumnValues, NumberColumn, TextColumn } from './columns.js';

/** A column that must be there. @throws PawlError `InvalidData` naming it and what there is. */
export function requireColumn(columns: Columns, name: string): ColumnValues {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column) return column;
  throw new PawlError(FailureType.InvalidData, `the rows have no column "${name}"`, {
    hint: `They have ${Object.keys(columns).join(', ') || 'none'}.`,
    retryable: false,
  });
}

/** A column of numbers. @throws PawlError `InvalidData` when it is missing or holds texts. */
export function requireNumbers(columns: Columns, name: string): NumberColumn {
  const column = requireColumn(columns, name);
  if (column.kind === 'number') return column;
  throw wrongKind(name, 'numbers', 'texts');
}

/** A column of texts. @throws PawlError `InvalidData` when it is missing or holds numbers. */
export function requireTexts(columns: Columns, name: string): TextColumn {
  const column = requireColumn(columns, name);
  if (column.kind === 'text') return column;
  throw wrongKind(name, 'texts', 'numbers');
}

function wrongKind(name: string, wanted: string, found: string): PawlError {
  return new PawlError(FailureType.InvalidData, `column "${name}" holds ${found}, and ${wanted} are needed`, {
    hint: 'Compare the type of the column with the row schema the features were declared on.',
    retryable: false,
  });
}

/** @throws PawlError `InvalidData` naming the columns that are wanted and not present. */
export function requirePresent(present: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  throw new PawlError(FailureType.InvalidData, `the rows have no column ${missing.map((m) => `"${m}"`).join(', ')}`, {
    hint: `They have ${present.join(', ')}.`,
    retryable: false,
  });
}
