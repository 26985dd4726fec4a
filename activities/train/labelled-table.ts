import { readColumns } from '../data/read-columns.js';
import type { Columns, ColumnUse } from '../features/columns.js';
import { computeLabels, type LabelRule, NO_LABEL } from '../features/label.js';

/** Columns of a table, and the rows of it that have a label. */
export interface LabelledTable {
  readonly columns: Columns;
  /** One for each row of the columns: 1, 0, or -1 for none. */
  readonly labels: Int8Array;
  /** Indexes of the rows with a label, ascending. */
  readonly rows: Uint32Array;
}

export interface LabelledTableOptions {
  /** Parquet files. */
  readonly files: readonly string[];
  readonly columns: ReadonlyMap<string, ColumnUse>;
  readonly label: LabelRule;
  /** Folder for what does not fit into memory. */
  readonly scratch: string;
}

/** Reads the columns of Parquet files and finds the rows that have a label. */
export async function readLabelledTable(options: LabelledTableOptions): Promise<LabelledTable> {
  const { columns } = await readColumns(options.files, [...options.columns.keys()], { scratch: options.scratch });
  const labels = computeLabels(options.label, columns);
  const rows = new Uint32Array(labels.length);
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (labels[row] === NO_LABEL) continue;
    rows[count] = row;
    count += 1;
  }
  return { columns, labels, rows: rows.slice(0, count) };
}

/** Labels of some rows, as a model is trained on them. */
export function labelsOfRows(table: LabelledTable, rows: Uint32Array): Float32Array {
  const labels = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) labels[i] = table.labels[rows[i]!]!;
  return labels;
}
