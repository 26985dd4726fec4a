import type { z } from 'zod';
import type { ColumnType, Rule } from './contract.js';
import { readAll, refusal } from './refusal.js';

type NumberCheck =
  | z.core.$ZodCheckLessThanDef
  | z.core.$ZodCheckGreaterThanDef
  | z.core.$ZodCheckMultipleOfDef
  | z.core.$ZodCheckNumberFormatDef;

interface NumberDomain {
  readonly type: ColumnType;
  readonly rules: readonly Rule[];
}

const RANGES: Readonly<Record<z.core.$ZodNumberFormats, readonly [number, number] | null>> = {
  safeint: null,
  float64: null,
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
};

/** Reads the conditions of `z.number()` and `z.int()`. */
export function readNumber(column: string, schema: z.core.$ZodType): NumberDomain {
  const { def } = schema._zod as z.core.$ZodNumberInternals;
  if (def.coerce) {
    throw refusal(column, 'coerce changes the value', 'Write z.number(); CSV cells are converted when they are read.');
  }
  const own = 'check' in def ? [def as unknown as NumberCheck] : [];
  const checks = [...own, ...(def.checks ?? []).map((check) => check._zod.def as NumberCheck)];
  const whole = checks.some((check) => check.check === 'number_format' && /int/.test(check.format));
  return { type: whole ? 'int' : 'double', rules: readAll(checks, (check) => readCheck(column, check)).flat() };
}

function readCheck(column: string, check: NumberCheck): Rule[] {
  switch (check.check) {
    case 'greater_than':
      return bound(column, 'min', check);
    case 'less_than':
      return bound(column, 'max', check);
    case 'multiple_of':
      return [{ rule: 'multipleOf', value: positive(column, check.value) }];
    case 'number_format':
      return rangeRules(RANGES[check.format]);
    default:
      throw unreadable(column, check);
  }
}

function bound(
  column: string,
  rule: 'min' | 'max',
  check: z.core.$ZodCheckLessThanDef | z.core.$ZodCheckGreaterThanDef,
): Rule[] {
  const { value, inclusive } = check;
  if (typeof value === 'number' && Number.isFinite(value)) return [{ rule, value, exclusive: !inclusive }];
  // Every number is above -Infinity and below Infinity.
  if (value === (rule === 'min' ? -Infinity : Infinity)) return [];
  throw refusal(column, `${String(value)} cannot be a bound`, 'Give a finite number.');
}

function positive(column: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value !== 0) return Math.abs(value);
  throw refusal(column, `multipleOf ${String(value)} cannot be checked`, 'Give a finite number that is not zero.');
}

function rangeRules(range: readonly [number, number] | null): Rule[] {
  if (!range) return [];
  return [
    { rule: 'min', value: range[0], exclusive: false },
    { rule: 'max', value: range[1], exclusive: false },
  ];
}

function unreadable(column: string, check: never) {
  const name = (check as { check: string }).check;
  return refusal(
    column,
    name === 'custom' ? 'refine, check and superRefine cannot run in SQL' : `the check "${name}" is not known`,
    'Use min, max, gt, lt, multipleOf or an enum, or write a row rule: z.object({ … }).check(sql(…)).',
  );
}
