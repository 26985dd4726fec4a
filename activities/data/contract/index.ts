export { type CheckRowOptions, checkRow, type RowProblem, withDefaults } from './check-row.js';
export { type Check, checkName, checksOf } from './checks.js';
export {
  COLUMN_TYPES,
  type ColumnContract,
  type ColumnType,
  type Contract,
  columnContractSchema,
  contractSchema,
  type RowRule,
  type Rule,
  rowRuleSchema,
} from './contract.js';
export { contractOf } from './contract-of.js';
export { RowSchemaError, type RowSchemaProblem } from './refusal.js';
export { sql } from './row-rule.js';
export { type TimestampOptions, timestamp } from './timestamp.js';
