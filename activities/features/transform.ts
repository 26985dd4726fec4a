import { z } from 'zod';
import { CYCLES, type Cycle } from './calendar.js';
import type { ColumnUse } from './columns.js';
import type { FeatureSpecValue } from './feature-spec.js';
import { labelRuleSchema, useOfLabel } from './label.js';

const cycleSchema = z.enum(Object.keys(CYCLES) as [Cycle, ...Cycle[]]);

/** Schema of {@link FittedFeature}. */
export const fittedFeatureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('standardise'), column: z.string(), mean: z.number(), deviation: z.number() }),
  z.object({ kind: z.literal('bucketize'), column: z.string(), boundaries: z.array(z.number()) }),
  z.object({
    kind: z.literal('vocabulary'),
    columns: z.array(z.string()).min(1),
    name: z.string(),
    as: z.enum(['one-hot', 'index']),
    /** One text for each column of each entry; entry `i` has index `i + 1`. */
    entries: z.array(z.array(z.string())),
  }),
  z.object({
    kind: z.literal('cyclic'),
    column: z.string(),
    cycle: cycleSchema,
    as: z.enum(['wave', 'one-hot']),
  }),
]);

/** A feature with its learnt numbers. */
export type FittedFeature = z.infer<typeof fittedFeatureSchema>;

/** Schema of {@link Transform}. */
export const transformSchema = z.object({
  format: z.literal(1),
  label: labelRuleSchema,
  /** Training rows the numbers were learnt from. */
  rows: z.int().nonnegative(),
  features: z.array(fittedFeatureSchema),
});

/**
 * The features of a model, frozen: plain JSON that turns raw rows into the model's inputs, the same in training,
 * evaluation and serving.
 */
export type Transform = z.infer<typeof transformSchema>;

/** An input of whole numbers below `size`, for an embedding. */
export interface IdInput {
  readonly name: string;
  readonly size: number;
}

/** How many numbers of the dense input a feature fills; 0 for an index, which is an input of its own. */
export function widthOfFeature(feature: FittedFeature): number {
  switch (feature.kind) {
    case 'standardise':
      return 1;
    case 'bucketize':
      return feature.boundaries.length + 2;
    case 'vocabulary':
      return feature.as === 'one-hot' ? feature.entries.length + 1 : 0;
    case 'cyclic':
      return feature.as === 'wave' ? 2 : CYCLES[feature.cycle];
  }
}

/** Width of the dense input. */
export function widthOf(transform: Transform): number {
  return transform.features.reduce((width, feature) => width + widthOfFeature(feature), 0);
}

/** The index inputs, in the order of the features. */
export function idInputsOf(transform: Transform): IdInput[] {
  return transform.features.flatMap((feature) =>
    feature.kind === 'vocabulary' && feature.as === 'index'
      ? [{ name: feature.name, size: feature.entries.length + 1 }]
      : [],
  );
}

/** The columns the inputs are made of, and how each is read. */
export function inputColumnsOf(features: readonly InputSource[]): Map<string, ColumnUse> {
  const uses = new Map<string, ColumnUse>();
  for (const feature of features) {
    if (feature.kind === 'vocabulary') for (const column of feature.columns) uses.set(column, 'text');
    else if (feature.kind === 'cyclic') uses.set(feature.column, 'time');
    else uses.set(feature.column, 'number');
  }
  return uses;
}

/** The columns of a fitted transform's inputs and of its label. */
export function columnsOf(transform: Transform): Map<string, ColumnUse> {
  return inputColumnsOf(transform.features).set(transform.label.column, useOfLabel(transform.label));
}

/** The columns of a feature spec's inputs and of its label. */
export function columnsOfSpec(spec: FeatureSpecValue): Map<string, ColumnUse> {
  return inputColumnsOf(spec.inputs).set(spec.label.column, useOfLabel(spec.label));
}

type InputSource =
  | { readonly kind: 'vocabulary'; readonly columns: readonly string[] }
  | { readonly kind: 'standardise' | 'bucketize' | 'cyclic'; readonly column: string };
