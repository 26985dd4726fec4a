import { z } from 'zod';
import { misuse } from '../../dsl/misuse.js';
import { type Feature, featureSchema, type InputColumn } from './feature.js';
import { type Label, type LabelPicker, labelRuleSchema, labelsOf } from './label.js';

declare const rowType: unique symbol;

/** Schema of {@link FeatureSpec}. */
export const featureSpecSchema = z.object({ label: labelRuleSchema, inputs: z.array(featureSchema).min(1) });

/** What a model predicts and from what: plain JSON. */
export type FeatureSpecValue = z.infer<typeof featureSpecSchema>;

/** A feature spec over rows of one type, which is known to TypeScript only. */
export type FeatureSpec<Row> = FeatureSpecValue & { readonly [rowType]?: (row: Row) => void };

/** The columns that may be inputs. */
export type InputPicker<Row> = {
  readonly [Name in keyof Row & string]-?: InputColumn<NonNullable<Row[Name]>>;
};

export interface FeatureSpecOptions<Row, Name extends string> {
  /** What makes a row positive: `(row) => row.delay.above(15)`. Write it before `inputs`. */
  readonly label: (row: LabelPicker<Row>) => Label<Name>;
  /** What the model sees. The column the label is made of is not offered: it would give the answer away. */
  readonly inputs: (row: InputPicker<Omit<Row, NoInfer<Name>>>) => readonly Feature[];
}

/**
 * Declares the features of a model over the rows of a contract.
 *
 * @example
 * featureSpec(Flight, {
 *   label: (row) => row.delay.above(15),
 *   inputs: (row) => [standardise(row.distance), vocabulary(row.origin), cyclic(row.date, 'hour-of-day')],
 * });
 * @throws PawlError `InvalidPlan` for no inputs, or two index inputs of one name.
 */
export function featureSpec<Rows extends z.ZodObject, Name extends keyof z.output<Rows> & string>(
  rows: Rows,
  options: FeatureSpecOptions<z.output<Rows>, Name>,
): FeatureSpec<z.output<Rows>> {
  const names = Object.keys(rows.shape);
  const { rule } = options.label(pick(names, labelsOf) as unknown as LabelPicker<z.output<Rows>>);
  const others = names.filter((name) => name !== rule.column);
  const columns = pick(others, (column): InputColumn<never> => ({ column }));
  const inputs = [...options.inputs(columns as unknown as InputPicker<Omit<z.output<Rows>, Name>>)];
  checkInputs(inputs, rule.column);
  return { label: rule, inputs };
}

// The pickers' types are computed from the schema, so the objects made here for its keys are cast to them.
function pick<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

function checkInputs(inputs: readonly Feature[], label: string): void {
  if (inputs.length === 0)
    throw misuse('a feature spec has no inputs', 'Give at least one, as standardise(row.distance).');
  const seen = new Set<string>();
  for (const input of inputs) {
    if (input.kind !== 'vocabulary' || input.as !== 'index') continue;
    if (seen.has(input.name)) {
      throw misuse(
        `two index inputs are called "${input.name}"`,
        "Give one of them a name: { as: 'index', name: '…' }.",
      );
    }
    seen.add(input.name);
  }
  if (inputs.some((input) => ('column' in input ? [input.column] : input.columns).includes(label))) {
    throw misuse(`the label's column "${label}" is an input too`, 'Take it out: the model would be given the answer.');
  }
}
