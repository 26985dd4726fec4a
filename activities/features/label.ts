import { z } from 'zod';
import type { Columns, ColumnUse } from './columns.js';
import { requireNumbers, requireTexts } from './require-column.js';

/** Schema of {@link LabelRule}. */
export const labelRuleSchema = z.discriminatedUnion('test', [
  z.object({ test: z.enum(['above', 'at-least', 'below', 'at-most']), column: z.string(), value: z.number() }),
  z.object({ test: z.literal('is'), column: z.string(), value: z.string() }),
]);

/** What makes a row positive. A row in which the column is missing has no label, and neither trains nor judges. */
export type LabelRule = z.infer<typeof labelRuleSchema>;

declare const labelColumn: unique symbol;

/** A label made of one column, whose name is part of the type, so that it cannot be an input as well. */
export interface Label<Name extends string> {
  readonly rule: LabelRule;
  readonly [labelColumn]?: Name;
}

/** Questions to ask of a column of numbers. */
export interface NumberLabels<Name extends string> {
  above(value: number): Label<Name>;
  atLeast(value: number): Label<Name>;
  below(value: number): Label<Name>;
  atMost(value: number): Label<Name>;
}

/** Questions to ask of a column of texts or truth values. */
export interface TextLabels<Name extends string, Value> {
  is(value: Value): Label<Name>;
}

/** What a label may be made of: every column of a row, with the questions that fit its type. */
export type LabelPicker<Row> = {
  readonly [Name in keyof Row & string]-?: NonNullable<Row[Name]> extends number
    ? NumberLabels<Name>
    : TextLabels<Name, NonNullable<Row[Name]>>;
};

/** The questions for a column, whatever its type; {@link LabelPicker} offers those that fit. */
export function labelsOf(column: string): NumberLabels<string> & TextLabels<string, unknown> {
  return {
    above: (value) => ({ rule: { test: 'above', column, value } }),
    atLeast: (value) => ({ rule: { test: 'at-least', column, value } }),
    below: (value) => ({ rule: { test: 'below', column, value } }),
    atMost: (value) => ({ rule: { test: 'at-most', column, value } }),
    is: (value) => ({ rule: { test: 'is', column, value: String(value) } }),
  };
}

const SIGNS = { above: '>', 'at-least': '>=', below: '<', 'at-most': '<=', is: '=' } as const;

/** A label rule in words, as `delay > 15`. */
export function describeLabel(rule: LabelRule): string {
  return `${rule.column} ${SIGNS[rule.test]} ${rule.value}`;
}

/** How the column of a label is read. */
export function useOfLabel(rule: LabelRule): ColumnUse {
  return rule.test === 'is' ? 'text' : 'number';
}

/** The label of a row in which the column is missing. */
export const NO_LABEL = -1;

/**
 * 1 for positive rows, 0 for negative ones, {@link NO_LABEL} where the column is missing.
 * @throws PawlError `InvalidData` when the rows lack the column or it has another type.
 */
export function computeLabels(rule: LabelRule, columns: Columns): Int8Array {
  if (rule.test === 'is') {
    const { codes, dictionary } = requireTexts(columns, rule.column);
    const code = dictionary.indexOf(rule.value);
    return mapNumbers(codes, (own) => (own < 0 ? NO_LABEL : Number(own === code)));
  }
  const positive = TESTS[rule.test];
  const { values } = requireNumbers(columns, rule.column);
  return mapNumbers(values, (own) => (Number.isNaN(own) ? NO_LABEL : Number(positive(own, rule.value))));
}

const TESTS = {
  above: (own: number, value: number) => own > value,
  'at-least': (own: number, value: number) => own >= value,
  below: (own: number, value: number) => own < value,
  'at-most': (own: number, value: number) => own <= value,
} as const;

function mapNumbers(values: Float64Array | Int32Array, change: (value: number) => number): Int8Array {
  const changed = new Int8Array(values.length);
  for (let row = 0; row < values.length; row += 1) changed[row] = change(values[row]!);
  return changed;
}
