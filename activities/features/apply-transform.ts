import type { Columns } from './columns.js';
import {
  bucketEncoder,
  cyclicEncoder,
  type DenseEncoder,
  oneHotEncoder,
  standardiseEncoder,
} from './dense-encoders.js';
import { requireNumbers, requireTexts } from './require-column.js';
import { columnsOfRows } from './rows-to-columns.js';
import { type FittedFeature, inputColumnsOf, type Transform } from './transform.js';
import { type IndexOfRow, indexRows } from './vocabulary-index.js';

/** What a model is fed for some rows. */
export interface ModelInputs {
  readonly rows: number;
  /** Numbers a row in `dense`; 0 when the model has index inputs only. */
  readonly width: number;
  /** `rows × width`, row by row. */
  readonly dense: Float32Array;
  /** By name: one index a row. */
  readonly ids: Readonly<Record<string, Int32Array>>;
}

/** A transform bound to the columns of a table: gives the inputs of any of its rows. */
export interface PreparedTransform {
  readonly width: number;
  inputsOf(rows: Uint32Array): ModelInputs;
}

/**
 * Binds a transform to a table, so that batches of its rows can be made one at a time: the whole input of millions of
 * rows need never be in memory.
 * @throws PawlError `InvalidData` when a column is missing or of another type.
 */
export function prepareTransform(transform: Transform, columns: Columns): PreparedTransform {
  const encoders = transform.features.flatMap((feature) => denseEncoder(feature, columns) ?? []);
  const width = encoders.reduce((sum, encoder) => sum + encoder.width, 0);
  const indexes = transform.features.flatMap((feature) => idEncoder(feature, columns) ?? []);
  const inputsOf = (rows: Uint32Array): ModelInputs => ({
    rows: rows.length,
    width,
    dense: fillDense(encoders, rows, width),
    ids: Object.fromEntries(indexes.map(({ name, of }) => [name, Int32Array.from(rows, of)])),
  });
  return { width, inputsOf };
}

/** The inputs of all rows of a table. */
export function applyTransform(transform: Transform, columns: Columns, rows: number): ModelInputs {
  return prepareTransform(transform, columns).inputsOf(Uint32Array.from({ length: rows }, (_, row) => row));
}

/**
 * The inputs of raw rows, as a request to a model server carries them.
 * @throws PawlError `InvalidValue` naming the row and column of a value of the wrong type.
 */
export function applyToRows(transform: Transform, rows: readonly unknown[]): ModelInputs {
  return applyTransform(transform, columnsOfRows(rows, inputColumnsOf(transform.features)), rows.length);
}

function fillDense(encoders: readonly DenseEncoder[], rows: Uint32Array, width: number): Float32Array {
  const dense = new Float32Array(rows.length * width);
  let offset = 0;
  for (const encoder of encoders) {
    encoder.fill(rows, dense, width, offset);
    offset += encoder.width;
  }
  return dense;
}

function denseEncoder(feature: FittedFeature, columns: Columns): DenseEncoder | undefined {
  switch (feature.kind) {
    case 'standardise':
      return standardiseEncoder(requireNumbers(columns, feature.column).values, feature.mean, feature.deviation);
    case 'bucketize':
      return bucketEncoder(requireNumbers(columns, feature.column).values, feature.boundaries);
    case 'cyclic':
      return cyclicEncoder(requireNumbers(columns, feature.column).values, feature.cycle, feature.as);
    case 'vocabulary':
      if (feature.as === 'index') return undefined;
      return oneHotEncoder(vocabularyIndex(feature, columns), feature.entries.length + 1);
  }
}

function idEncoder(feature: FittedFeature, columns: Columns): { name: string; of: IndexOfRow } | undefined {
  if (feature.kind !== 'vocabulary' || feature.as !== 'index') return undefined;
  return { name: feature.name, of: vocabularyIndex(feature, columns) };
}

function vocabularyIndex(feature: Extract<FittedFeature, { kind: 'vocabulary' }>, columns: Columns): IndexOfRow {
  return indexRows(
    feature.columns.map((column) => requireTexts(columns, column)),
    feature.entries,
  );
}
