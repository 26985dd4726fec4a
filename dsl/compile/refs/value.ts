import type { ts } from 'ts-morph';
import type { SourceModule } from '../source-index.js';
import type { Env } from './env.js';

/** What is known about a value in a pipeline function without running it. */
export type Value =
  | { readonly kind: 'plain' }
  /** `undefined`, `null` or `false`. */
  | { readonly kind: 'absent' }
  /** One that is `mixed` may also be a plain value or a list: a parameter of type `string | Ref<string>`. */
  | { readonly kind: 'ref'; readonly mixed?: true }
  /** A ref, or nothing: asking which of the two it is makes sense while the graph is drawn. */
  | { readonly kind: 'optional-ref' }
  | { readonly kind: 'step' }
  /** What `typedStep()` returns. */
  | { readonly kind: 'step-maker' }
  | FunctionValue
  | ClassValue
  | StructureValue
  | { readonly kind: 'module'; readonly module: SourceModule }
  | PackageValue
  | GlobalValue;

/** Something a package exports; `name` is `*` for all of it. */
export interface PackageValue {
  readonly kind: 'package';
  readonly specifier: string;
  readonly name: string;
}

/** Something that JavaScript or Node has everywhere, as `Math.random`. */
export interface GlobalValue {
  readonly kind: 'global';
  readonly name: string;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly node: ts.FunctionLikeDeclaration;
  readonly env: Env;
}

/** A class of the author's. */
export interface ClassValue {
  readonly kind: 'class';
  readonly node: ts.ClassLikeDeclaration;
  readonly env: Env;
}

/** An object or array of the author's. It grows as the author assigns and pushes. */
export interface StructureValue {
  readonly kind: 'structure';
  readonly properties: Map<string, Value>;
  /** It is a `Map`: what is in it are pairs of key and value. */
  readonly isMap?: true;
  /** Of every property that is not listed. */
  rest: Value;
  /** How deep it was made; what is assigned deeper may not be there yet. Unknown for what is no literal. */
  depth?: number;
}

export const PLAIN: Value = { kind: 'plain' };
export const ABSENT: Value = { kind: 'absent' };
export const REF: Value = { kind: 'ref' };
export const MIXED_REF: Value = { kind: 'ref', mixed: true };
export const OPTIONAL_REF: Value = { kind: 'optional-ref' };
export const STEP: Value = { kind: 'step' };

export function structure(properties: Iterable<readonly [string, Value]> = [], rest: Value = PLAIN): StructureValue {
  return { kind: 'structure', properties: new Map(properties), rest };
}

const SAYS_NOTHING: ReadonlySet<Value['kind']> = new Set(['plain', 'absent', 'global']);

/** What a value is that may be either of two. */
export function join(a: Value, b: Value): Value {
  if (a === b) return a;
  if (isRefLike(a) || isRefLike(b)) return joinRefs(a, b);
  if (a.kind === 'structure' && b.kind === 'structure') return joinStructures(a, b);
  // What can be followed tells more than what cannot.
  return SAYS_NOTHING.has(a.kind) ? b : a;
}

/** True for a ref and for everything that has one in it. */
export function containsRef(value: Value): boolean {
  if (isRefLike(value)) return true;
  return value.kind === 'structure' && [value.rest, ...value.properties.values()].some(containsRef);
}

/** The same value, or nothing. */
export function mayBeAbsent(value: Value): Value {
  return value.kind === 'ref' ? OPTIONAL_REF : value;
}

/** The value of any element of a list. */
export function elementOf(value: Value): Value {
  if (isRefLike(value)) return REF;
  if (value.kind !== 'structure') return PLAIN;
  const parts = [...value.properties.values()];
  const [first, ...others] = value.rest === PLAIN && parts.length > 0 ? parts : [value.rest, ...parts];
  return others.reduce(join, first ?? PLAIN);
}

export function isRefLike(value: Value): boolean {
  return value.kind === 'ref' || value.kind === 'optional-ref';
}

function joinRefs(a: Value, b: Value): Value {
  const other = isRefLike(a) ? b : a;
  const both = isRefLike(a) && isRefLike(b);
  if (both) return a.kind === 'ref' && b.kind === 'ref' ? (a.mixed ? a : b) : OPTIONAL_REF;
  const ref = isRefLike(a) ? a : b;
  return other.kind === 'plain' ? ref : OPTIONAL_REF;
}

function joinStructures(a: StructureValue, b: StructureValue): StructureValue {
  const keys = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const part = (of: StructureValue, key: string) => of.properties.get(key) ?? (of.rest === PLAIN ? ABSENT : of.rest);
  return structure(
    [...keys].map((key) => [key, join(part(a, key), part(b, key))] as const),
    join(a.rest, b.rest),
  );
}
