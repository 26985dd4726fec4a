import type { ColumnContract } from '../contract/contract.js';
import { literal } from '../sql.js';

const WHOLE = /^(U?(TINY|SMALL)INT|U?INTEGER|U?BIGINT)$/;
const SMALL_DECIMAL = /^DECIMAL\((\d|1[0-8]),0\)$/;
const FRACTION = /^(FLOAT|DOUBLE|DECIMAL\(.+\))$/;
const TEXT = /^(VARCHAR|ENUM\(.*\)|UUID)$/s;
const CLOCK = /^TIMESTAMP(_S|_MS|_NS)?$/;
const INSTANT = 'TIMESTAMP WITH TIME ZONE';

/** The SQL type a column is stored in. */
export function sqlTypeOf(column: ColumnContract): string {
  const types = { int: 'BIGINT', double: 'DOUBLE', text: 'VARCHAR', bool: 'BOOLEAN', date: 'DATE' } as const;
  if (column.type !== 'timestamp') return types[column.type];
  return column.zone === null ? 'TIMESTAMP' : 'TIMESTAMPTZ';
}

/**
 * SQL that turns a typed column into the type its contract stores; undefined when the types do not fit. Only what
 * loses nothing is converted: a DOUBLE is no int, even if all its values are whole.
 */
export function convertColumn(name: string, column: ColumnContract, found: string): string | undefined {
  switch (column.type) {
    case 'int':
      if (WHOLE.test(found)) return name;
      return SMALL_DECIMAL.test(found) ? `CAST(${name} AS BIGINT)` : undefined;
    case 'double':
      return WHOLE.test(found) || FRACTION.test(found) ? `CAST(${name} AS DOUBLE)` : undefined;
    case 'text':
      return TEXT.test(found) ? `CAST(${name} AS VARCHAR)` : undefined;
    case 'bool':
      return found === 'BOOLEAN' ? name : undefined;
    case 'date':
      return found === 'DATE' ? name : undefined;
    case 'timestamp':
      return convertTimestamp(name, column.zone, found);
  }
}

function convertTimestamp(name: string, zone: string | null, found: string): string | undefined {
  if (zone === null) return CLOCK.test(found) ? `CAST(${name} AS TIMESTAMP)` : undefined;
  if (found === INSTANT) return name;
  return CLOCK.test(found) ? `(CAST(${name} AS TIMESTAMP) AT TIME ZONE ${literal(zone)})` : undefined;
}
