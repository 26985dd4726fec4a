/** Data steps: reading, checking, splitting. */
export {
  type Check,
  type CheckRowOptions,
  COLUMN_TYPES,
  type ColumnContract,
  type ColumnType,
  type Contract,
  checkName,
  checkRow,
  checksOf,
  columnContractSchema,
  contractOf,
  contractSchema,
  type RowProblem,
  type RowRule,
  type Rule,
  rowRuleSchema,
  sql,
  type TimestampOptions,
  timestamp,
  withDefaults,
} from './contract/index.js';
export { type ColumnDrift, columnDriftSchema, type Drift, driftSchema } from './drift/drift.js';
export { type DuckDb, type DuckDbOptions, type SqlRow, withDuckDb } from './duckdb.js';
export { type IngestInput, ingest, ingestStep } from './ingest/ingest.js';
export { type ColumnRequest, type ColumnTable, type ReadColumnsOptions, readColumns } from './read-columns.js';
export {
  type CsvOptions,
  csv,
  type Partitioning,
  type PartitionSpan,
  parquet,
  type Source,
  type SourceOptions,
  sourceSchema,
} from './source/source.js';
export { type Split, split } from './split/split.js';
export {
  type Bucket,
  type ColumnStatistics,
  columnStatisticsSchema,
  type Histogram,
  type NumberStatistics,
  type TextStatistics,
} from './statistics/statistics.js';
export { type DuplicateTreatment, validate } from './validate/validate.js';
export {
  type BrokenRule,
  type StatisticsReport,
  statisticsReportSchema,
  type Validation,
  type ValidationValue,
  validationSchema,
} from './validate/validation.js';
