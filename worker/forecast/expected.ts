import type { Quoted } from '../../plan/binding.js';

/** A value as far as it is known before a run. */
export interface Expected {
  /** Absent: not known. */
  readonly value?: Quoted;
  /** The nodes that must put out the same as in the compared run for the value to be this; those that decide it. */
  readonly on: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** A value that is certain. */
export function certain(value: Quoted): Expected {
  return { value, on: NOTHING };
}

/** A value that is not known before these nodes have run. */
export function unknown(on: Iterable<string>): Expected {
  return { on: new Set(on) };
}

export const isKnown = (expected: Expected): expected is Expected & { readonly value: Quoted } =>
  expected.value !== undefined;

export const isCertain = (expected: Expected): boolean => isKnown(expected) && expected.on.size === 0;

/** Several values made into one, which is known when they all are. */
export function combine(parts: readonly Expected[], make: (values: readonly Quoted[]) => Quoted): Expected {
  const on = new Set(parts.flatMap((part) => [...part.on]));
  const values = parts.flatMap((part) => (isKnown(part) ? [part.value] : []));
  return values.length === parts.length ? { value: make(values), on } : { on };
}
