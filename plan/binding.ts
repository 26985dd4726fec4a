import type { Digest } from './canonical.js';
import { FailureType, PawlError } from './failure.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';

/** Property names and indexes, outermost first. */
export type Path = readonly (string | number)[];

/** The output of an earlier node, or a part of it. */
export interface RefBinding extends JsonObject {
  readonly $ref: string;
  readonly path: Path;
}
/** A run's parameter, or a part of it. */
export interface ParamBinding extends JsonObject {
  readonly $param: Path;
}
/** The current item of an enclosing map, or a part of it. */
export interface ItemBinding extends JsonObject {
  readonly $item: string;
  readonly path: Path;
}
/** Something that lives in the code bundle, such as a model's definition. */
export interface CodeBinding extends JsonObject {
  readonly $code: string;
}
/** The first of two values that is not `null`. */
export interface OrElseBinding extends JsonObject {
  readonly $orElse: readonly [Binding, Binding];
  readonly path: Path;
}
/** A secret of the environment, by name. Only a worker that calls a step's function puts it in. */
export interface SecretBinding extends JsonObject {
  readonly $secret: string;
}
/** A literal that has keys of its own beginning with `$`. */
export interface LiteralBinding extends JsonObject {
  readonly $lit: Json;
}
/** A value too large for a run's history; its JSON is an artifact. */
export interface SpilledValue extends JsonObject {
  readonly $spill: Digest;
  readonly bytes: number;
  readonly path: Path;
}

/**
 * Where a node's input comes from: plain JSON in which an object with one reserved `$` key stands for something else.
 * Values that travel between nodes have the same form (`$lit`, `$spill`, `$code` and `$secret` may stand in them, and an
 * `$orElse` whose first value is spilled), so that putting
 * values into bindings needs no second notation.
 */
export type Binding = Json;
export type Quoted = Json;

/** What the `$ref`, `$param` and `$item` of a binding stand for. */
export interface Scope {
  readonly params: Quoted;
  /** Output of a node; undefined when it has none yet. */
  output(node: string): Quoted | undefined;
  /** Current item of a map; undefined outside of it. */
  item(map: string): Quoted | undefined;
}

const isPlainObject = (value: Json): value is JsonObject => isJsonObject(value);
const hasReservedKey = (value: JsonObject): boolean => Object.keys(value).some((key) => key.startsWith('$'));

export const isRef = (b: Binding): b is RefBinding => isPlainObject(b) && typeof b.$ref === 'string';
export const isParam = (b: Binding): b is ParamBinding => isPlainObject(b) && Array.isArray(b.$param);
export const isItem = (b: Binding): b is ItemBinding => isPlainObject(b) && typeof b.$item === 'string';
export const isCode = (b: Binding): b is CodeBinding => isPlainObject(b) && typeof b.$code === 'string';
export const isLiteral = (b: Binding): b is LiteralBinding => isPlainObject(b) && '$lit' in b;
export const isOrElse = (b: Binding): b is OrElseBinding => isPlainObject(b) && Array.isArray(b.$orElse);
export const isSecret = (b: Binding): b is SecretBinding => isPlainObject(b) && typeof b.$secret === 'string';
/** A value whose content is not at hand: it must be read before anything can be decided by it. */
export const isDeferred = (b: Quoted): b is SpilledValue | OrElseBinding => isSpilled(b) || isOrElse(b);
export const isSpilled = (b: Binding): b is SpilledValue => isPlainObject(b) && typeof b.$spill === 'string';

/** Makes any JSON value safe to stand in a binding. */
export function quote(value: Json): Quoted {
  if (Array.isArray(value)) return value.map(quote);
  if (!isPlainObject(value)) return value;
  if (hasReservedKey(value)) return { $lit: value };
  return mapObject(value, quote);
}

/** Puts the values of a scope into a binding. @throws PawlError `InvalidPlan` for a name the scope does not know. */
export function resolveBinding(binding: Binding, scope: Scope): Quoted {
  if (Array.isArray(binding)) return binding.map((part) => resolveBinding(part, scope));
  if (!isPlainObject(binding)) return binding;
  if (isRef(binding)) return valueAt(known(scope.output(binding.$ref), `node "${binding.$ref}"`), binding.path);
  if (isParam(binding)) return valueAt(scope.params, binding.$param);
  if (isItem(binding)) return valueAt(known(scope.item(binding.$item), `map "${binding.$item}"`), binding.path);
  if (isOrElse(binding)) return resolveOrElse(binding, scope);
  if (hasReservedKey(binding)) return binding;
  return mapObject(binding, (part) => resolveBinding(part, scope));
}

/**
 * Puts in the values that are there: refs to nodes that are `open` stay. To be resolved again when those have values.
 */
export function resolveKnown(binding: Binding, scope: Scope, open: (node: string) => boolean): Binding {
  if (!refsOf(binding).some(open)) return resolveBinding(binding, scope);
  if (Array.isArray(binding)) return binding.map((part) => resolveKnown(part, scope, open));
  if (!isPlainObject(binding) || isRef(binding)) return binding;
  if (isOrElse(binding)) {
    const [value, fallback] = binding.$orElse;
    return { $orElse: [resolveKnown(value, scope, open), resolveKnown(fallback, scope, open)], path: binding.path };
  }
  return mapObject(binding, (part) => resolveKnown(part, scope, open));
}

function resolveOrElse({ $orElse: [value, fallback], path }: OrElseBinding, scope: Scope): Quoted {
  const first = resolveBinding(value, scope);
  if (isDeferred(first)) return { $orElse: [first, resolveBinding(fallback, scope)], path };
  return valueAt(first === null ? resolveBinding(fallback, scope) : first, path);
}

/** The binding of a part of what a binding stands for. */
export function partOfBinding(binding: Binding, path: Path): Binding {
  if (path.length === 0) return binding;
  if (isRef(binding) || isItem(binding)) return { ...binding, path: [...binding.path, ...path] };
  if (isParam(binding)) return { $param: [...binding.$param, ...path] };
  if (isDeferred(binding) || isLiteral(binding)) return valueAt(binding, path);
  const [head, ...rest] = path;
  return partOfBinding(childOf(binding, head!), rest);
}

/**
 * A part of a value. A path that leads nowhere gives `null`, as an absent optional property does; a path into a
 * spilled value gives that spilled value with the longer path.
 */
export function valueAt(value: Quoted, path: Path): Quoted {
  if (path.length === 0) return value;
  if (isDeferred(value)) return { ...value, path: [...value.path, ...path] };
  if (isLiteral(value)) return quote(plainValueAt(value.$lit, path));
  const [head, ...rest] = path;
  return valueAt(childOf(value, head!), rest);
}

/** A part of a plain JSON value, `null` where there is none. */
export function plainValueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((part, key) => childOf(part, key), value);
}

/** The nodes a binding reads, each once. */
export function refsOf(binding: Binding): readonly string[] {
  const found = new Set<string>();
  visitBinding(binding, (part) => {
    if (isRef(part)) found.add(part.$ref);
  });
  return [...found];
}

/** The definitions that a binding names itself, each once, sorted. */
export function codeNamesIn(binding: Binding): readonly string[] {
  const found = new Set<string>();
  visitBinding(binding, (part) => {
    if (isCode(part)) found.add(part.$code);
  });
  return [...found].sort();
}

/** Calls `see` for every part of a binding except the insides of literals. */
export function visitBinding(binding: Binding, see: (part: Binding) => void): void {
  see(binding);
  if (Array.isArray(binding)) {
    for (const part of binding) visitBinding(part, see);
  } else if (isOrElse(binding)) {
    for (const part of binding.$orElse) visitBinding(part, see);
  } else if (isPlainObject(binding) && !hasReservedKey(binding)) {
    for (const part of Object.values(binding)) visitBinding(part, see);
  }
}

function known(value: Quoted | undefined, what: string): Quoted {
  if (value === undefined) throw new PawlError(FailureType.InvalidPlan, `the plan reads ${what} before it has a value`);
  return value;
}

function childOf(value: Json, key: string | number): Json {
  if (Array.isArray(value)) return (typeof key === 'number' ? value[key] : undefined) ?? null;
  if (isPlainObject(value) && Object.hasOwn(value, key)) return value[key] ?? null;
  return null;
}

function mapObject(value: JsonObject, change: (part: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
}
