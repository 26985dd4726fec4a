import { canonicalJson } from '../../../../plan/canonical.js';
import { isJsonObject, type Json } from '../../../../plan/json.js';

/** One difference of two values. What is not there is left out. */
export interface Difference {
  /** Where in the value, as `input.data` or `options.retry.attempts`. */
  readonly at: string;
  readonly from?: Json;
  readonly to?: Json;
  /** What lies behind it, where that is known: the files and packages of other code. */
  readonly why?: string;
}

/** The smallest parts in which two values differ. Lists and bindings are compared as a whole. */
export function diffValues(at: string, from: Json | undefined, to: Json | undefined): readonly Difference[] {
  if (isPlain(from) && isPlain(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => diffValues(at === '' ? key : `${at}.${key}`, own(from, key), own(to, key)));
  }
  if (sameValue(from, to)) return [];
  return [{ at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

export function sameValue(from: Json | undefined, to: Json | undefined): boolean {
  if (from === undefined || to === undefined) return from === to;
  return canonicalJson(from) === canonicalJson(to);
}

function own(value: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An object that stands for itself, not a binding. An empty one has no parts to compare. */
function isPlain(value: Json | undefined): value is { readonly [key: string]: Json } {
  if (!isJsonObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && !keys.some((key) => key.startsWith('$'));
}
