import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

/** Schemas that are being looked into: one that meets itself has nothing new to say. */
export type Seen = Set<Schema>;

export function defOf(schema: Schema): Def {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema of what is inside of the values, behind everything that wraps it; undefined when nothing does. */
export function innerOf(def: Def): Schema | undefined {
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
      return def.innerType;
    default:
      return sameValues(def);
  }
}

/** The values a schema allows, when they are few and known, as `true` or the tags of a union; else undefined. */
export function onlyValues(schema: Schema, seen: Seen = new Set()): readonly z.core.util.Literal[] | undefined {
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  const def = defOf(schema);
  const inner = sameValues(def);
  if (inner) return onlyValues(inner, seen);
  switch (def.type) {
    case 'literal':
      return def.values;
    case 'enum':
      return [...(schema._zod.values ?? [])] as z.core.util.Literal[];
    case 'boolean':
      return [true, false];
    case 'null':
      return [null];
    case 'union': {
      const parts = def.options.map((option) => onlyValues(option, new Set(seen)));
      return parts.every((part) => part !== undefined) ? [...new Set(parts.flat())] : undefined;
    }
    default:
      return undefined;
  }
}

/** The keys that values of a schema can have; undefined when there may be others. */
export function keysOf(schema: Schema): readonly string[] | undefined {
  const keys = new Set<string>();
  return addKeys(schema, keys, new Set()) ? [...keys] : undefined;
}

/** True when each value of a schema is there: neither `null` nor absent. False where nobody can tell. */
export function isAlwaysThere(schema: Schema, seen: Seen = new Set()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  const def = defOf(schema);
  if (def.type === 'nonoptional') return isAlwaysThere(withoutOptional(def.innerType), seen);
  const inner = sameValues(def);
  if (inner) return isAlwaysThere(inner, seen);
  if (def.type === 'literal') return def.values.every((value) => value !== null && value !== undefined);
  if (def.type === 'union') return def.options.every((option) => isAlwaysThere(option, new Set(seen)));
  return SCALARS.has(def.type) || STRUCTURES.has(def.type);
}

/** The variants of a schema that are left when its values are there; those nobody can see into stay. */
export function withoutMissing(schema: Schema): readonly z.ZodType[] {
  const def = defOf(schema);
  if (def.type === 'null' || def.type === 'undefined') return [];
  if (def.type === 'union') return def.options.flatMap(withoutMissing);
  if (def.type === 'optional' || def.type === 'nullable') return withoutMissing(def.innerType);
  return [schema as z.ZodType];
}

function withoutOptional(schema: Schema): Schema {
  const def = defOf(schema);
  return def.type === 'optional' ? withoutOptional(def.innerType) : schema;
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'enum', 'template_literal']);
const STRUCTURES: ReadonlySet<string> = new Set(['object', 'array', 'tuple', 'record']);

/** What a wrapper wraps that allows the same JSON. */
function sameValues(def: Def): Schema | undefined {
  switch (def.type) {
    case 'nonoptional':
    case 'readonly':
      return def.innerType;
    case 'lazy':
      return def.getter();
    case 'pipe':
      // What is preprocessed has no schema but the one after it.
      return defOf(def.in).type === 'transform' ? def.out : def.in;
    default:
      return undefined;
  }
}

/** Adds the keys; false when there may be others. */
function addKeys(schema: Schema, keys: Set<string>, seen: Seen): boolean {
  if (seen.has(schema)) return true;
  seen.add(schema);
  const def = defOf(schema);
  const inner = innerOf(def);
  if (inner) return addKeys(inner, keys, seen);
  switch (def.type) {
    case 'object':
      for (const key of Object.keys(def.shape)) keys.add(key);
      return !def.catchall || defOf(def.catchall).type === 'never';
    case 'union':
      return def.options.every((option) => addKeys(option, keys, seen));
    case 'intersection':
      return addKeys(def.left, keys, seen) && addKeys(def.right, keys, seen);
    default:
      return SCALARS.has(def.type) || def.type === 'literal' || def.type === 'null' || def.type === 'never';
  }
}
