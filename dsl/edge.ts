import type { z } from 'zod';

/**
 * What a checked value is on an edge: JSON, with defaults filled in. Of a codec that is the side that is written, of
 * everything else what the schema gives.
 */
export type EdgeOf<Schema extends z.core.SomeType> = Edge<z.input<Schema>, z.output<Schema>>;

type Edge<I, O> = [O] extends [I] ? O : Filled<I, O> extends infer Given ? Written<Given, O> : never;

type Filled<I, O> = undefined extends O ? I : Exclude<I, undefined>;

// Where the decoded value has other properties, as a Date has, it is another thing altogether.
type Written<I, O> = [I] extends [Plain]
  ? [keyof O] extends [keyof I]
    ? { [Key in keyof O]: Key extends keyof I ? Edge<I[Key], O[Key]> : never }
    : I
  : I;

type Plain = { readonly [key: string]: unknown };
