import { z } from 'zod';

/** What kinds of values a column may hold. */
export const COLUMN_TYPES = ['int', 'double', 'text', 'bool', 'timestamp', 'date'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** Numbers for `int` and `double`, ISO 8601 texts for `timestamp` and `date`. */
const boundSchema = z.union([z.number(), z.string()]);

/** A condition on a value that is not null. */
export type Rule =
  | { readonly rule: 'min' | 'max'; readonly value: number | string; readonly exclusive: boolean }
  | { readonly rule: 'multipleOf'; readonly value: number }
  /** Length in Unicode code points, as zod and SQL count. */
  | { readonly rule: 'minLength' | 'maxLength'; readonly value: number }
  /** A JavaScript regular expression in Unicode mode; `format` is its name in zod, as `email`. */
  | { readonly rule: 'pattern'; readonly source: string; readonly flags: string; readonly format: string | null }
  | { readonly rule: 'startsWith' | 'endsWith' | 'includes'; readonly text: string }
  | { readonly rule: 'oneOf'; readonly values: readonly Scalar[] }
  /** At least one of the lists of rules holds. */
  | { readonly rule: 'anyOf'; readonly options: readonly (readonly Rule[])[] };

const ruleSchema: z.ZodType<Rule> = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.enum(['min', 'max']), value: boundSchema, exclusive: z.boolean() }),
  z.strictObject({ rule: z.literal('multipleOf'), value: z.number().positive() }),
  z.strictObject({ rule: z.enum(['minLength', 'maxLength']), value: z.int() }),
  z.strictObject({
    rule: z.literal('pattern'),
    source: z.string(),
    flags: z.string(),
    format: z.string().nullable(),
  }),
  z.strictObject({ rule: z.enum(['startsWith', 'endsWith', 'includes']), text: z.string() }),
  z.strictObject({ rule: z.literal('oneOf'), values: z.array(scalarSchema).min(1) }),
  z.strictObject({
    rule: z.literal('anyOf'),
    get options() {
      return z.array(z.array(ruleSchema)).min(2);
    },
  }),
]);

/** What the values of one column may be. */
export const columnContractSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(COLUMN_TYPES),
  /** For `timestamp`: the IANA zone of the clock; null: a clock without zone. Null for the other types. */
  zone: z.string().nullable(),
  /** SQL NULL is allowed, and is `null` in JSON. */
  nullable: z.boolean(),
  /** The column may be absent; in files an absent value is NULL. */
  optional: z.boolean(),
  /** Stands in for a field that is missing in a request. It never replaces a NULL. */
  default: scalarSchema.nullable().optional(),
  /** All of them hold for every value. */
  rules: z.array(ruleSchema).readonly(),
});
export type ColumnContract = z.infer<typeof columnContractSchema>;

/** A condition on a whole row: SQL that must not be false. */
export const rowRuleSchema = z.strictObject({ sql: z.string().min(1), description: z.string().min(1) });
export type RowRule = z.infer<typeof rowRuleSchema>;

/** What rows must look like: plain JSON, compiled from a zod object by `contractOf`. */
export const contractSchema = z.strictObject({
  kind: z.literal('contract'),
  format: z.literal(1),
  columns: z.array(columnContractSchema).min(1),
  rules: z.array(rowRuleSchema),
  /** Columns of a file that the contract does not name: left out, or an error. */
  others: z.enum(['ignored', 'refused']),
});
export type Contract = z.infer<typeof contractSchema>;
