import type { ColumnContract } from '../contract/contract.js';
import { literal } from '../sql.js';
import { sqlTypeOf } from './convert-column.js';

const HAS_OFFSET = '\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?\\s*(Z|[+-]\\d\\d(:?\\d\\d)?)$';

/** SQL that reads a CSV cell as the type its contract stores; NULL when the text is no such value. */
export function castCell(cell: string, column: ColumnContract): string {
  switch (column.type) {
    case 'text':
      return cell;
    case 'int':
      // A cast alone would round 12.5 to 13.
      return when(`regexp_full_match(trim(${cell}), '[+-]?\\d+')`, `TRY_CAST(${cell} AS BIGINT)`);
    case 'double':
    case 'bool':
    case 'date':
      return `TRY_CAST(${cell} AS ${sqlTypeOf(column)})`;
    case 'timestamp':
      return castTimestamp(cell, column.zone);
  }
}

/** A cast to TIMESTAMP alone would drop an offset, moving the clock without a word. */
function castTimestamp(cell: string, zone: string | null): string {
  const offset = `regexp_matches(${cell}, ${literal(HAS_OFFSET)})`;
  const clock = `TRY_CAST(${cell} AS TIMESTAMP)`;
  if (zone === null) return when(`NOT ${offset}`, clock);
  return `CASE WHEN ${offset} THEN TRY_CAST(${cell} AS TIMESTAMPTZ) ELSE ${clock} AT TIME ZONE ${literal(zone)} END`;
}

function when(condition: string, value: string): string {
  return `CASE WHEN ${condition} THEN ${value} END`;
}
