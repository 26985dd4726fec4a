import { z } from 'zod';
import { misuse } from '../../dsl/misuse.js';
import { CYCLES, type Cycle } from './calendar.js';

declare const valueType: unique symbol;

/** A column that may be an input, picked from a row schema; the type of its values is known to TypeScript only. */
export interface InputColumn<Value> {
  readonly column: string;
  readonly [valueType]?: Value;
}

/** Schema of {@link Feature}. */
export const featureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('standardise'), column: z.string() }),
  z.object({ kind: z.literal('bucketize'), column: z.string(), buckets: z.int().min(2) }),
  z.object({
    kind: z.literal('vocabulary'),
    /** More than one: the combinations of their values. */
    columns: z.array(z.string()).min(1),
    name: z.string(),
    top: z.int().positive(),
    minCount: z.int().positive(),
    as: z.enum(['one-hot', 'index']),
  }),
  z.object({
    kind: z.literal('cyclic'),
    column: z.string(),
    cycle: z.enum(Object.keys(CYCLES) as [Cycle, ...Cycle[]]),
    as: z.enum(['wave', 'one-hot']),
  }),
]);

/** One feature before its numbers are learnt: plain JSON, made by the functions of this file. */
export type Feature = z.infer<typeof featureSchema>;

/**
 * A number moved and scaled to mean 0 and standard deviation 1 over the training rows (the population's deviation).
 * Missing, NaN and infinite values become 0, the mean; so does every value of a column that never varies.
 */
export function standardise(input: InputColumn<number>): Feature {
  return { kind: 'standardise', column: input.column };
}

export interface BucketizeOptions {
  /** Number of buckets; fewer when many rows share a value. At least 2. */
  readonly buckets: number;
}

/**
 * A number as one of some buckets that hold about equally many training rows, one input each (one-hot). A value on a
 * boundary belongs to the upper bucket; missing, NaN and infinite values have an input of their own, the last.
 */
export function bucketize(input: InputColumn<number>, options: BucketizeOptions): Feature {
  if (!Number.isInteger(options.buckets) || options.buckets < 2) {
    throw misuse(`bucketize of "${input.column}" has ${options.buckets} buckets`, 'Give a whole number from 2.');
  }
  return { kind: 'bucketize', column: input.column, buckets: options.buckets };
}

export interface VocabularyOptions {
  /** Keep only this many values, the commonest. Default: 10,000. */
  readonly top?: number;
  /** Keep only values that occur this often in the training rows. Default: 1. */
  readonly minCount?: number;
  /** `one-hot`: one input a value; `index`: a whole number, for an embedding (see `io.embedding`). Default: `one-hot`. */
  readonly as?: 'one-hot' | 'index';
  /** Name of an index input. Default: the column's name, or the columns' names joined by `-`. */
  readonly name?: string;
}

/**
 * A text as one of the values of the training rows. Index 0 stands for everything else: missing values, and values
 * that training did not see or that were too rare. Of values equally common the alphabetically first is kept.
 */
export function vocabulary(input: InputColumn<string | boolean>, options: VocabularyOptions = {}): Feature {
  return vocabularyOf([input.column], options);
}

/** As {@link vocabulary}, of the combinations of two columns: a route from its two ends. */
export function crossed(
  first: InputColumn<string | boolean>,
  second: InputColumn<string | boolean>,
  options: VocabularyOptions = {},
): Feature {
  return vocabularyOf([first.column, second.column], options);
}

export interface CyclicOptions {
  /**
   * `wave`: sine and cosine of the position in the cycle, two inputs; `one-hot`: one input for each hour, day or
   * minute. Default: `wave`.
   */
  readonly as?: 'wave' | 'one-hot';
}

/**
 * A point in time as its position in a cycle of the calendar, so that 23:59 is near 00:00. Missing values give zeros.
 * A time without a zone is read as it stands on the clock; one with a zone is read in UTC.
 */
export function cyclic(input: InputColumn<string | number | Date>, cycle: Cycle, options: CyclicOptions = {}): Feature {
  return { kind: 'cyclic', column: input.column, cycle, as: options.as ?? 'wave' };
}

function vocabularyOf(columns: string[], options: VocabularyOptions): Feature {
  const { top = 10_000, minCount = 1, as = 'one-hot', name = columns.join('-') } = options;
  return { kind: 'vocabulary', columns, name, top, minCount, as };
}
