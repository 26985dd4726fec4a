import { FailureType, PawlError } from '../../plan/failure.js';

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as an SQL literal. */
export function literal(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return numberLiteral(value);
}

/** Whole numbers stay whole, so that comparing them with a BIGINT is exact; others become DOUBLE. */
function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`;
  return `CAST('${value}' AS DOUBLE)`;
}

/** The rows of Parquet files, one file after the other. @throws PawlError `InvalidData` for no files at all. */
export function parquetRows(files: readonly string[]): string {
  if (files.length === 0) {
    throw new PawlError(FailureType.InvalidData, 'the dataset is empty: it has no files', {
      hint: 'What is quarantined is empty when every row is good.',
      retryable: false,
    });
  }
  return `read_parquet([${files.map(literal).join(', ')}])`;
}
