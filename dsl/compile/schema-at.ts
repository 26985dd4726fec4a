import { z } from 'zod';
import type { Path } from '../../plan/binding.js';
import { defOf, innerOf, onlyValues, type Seen } from './schema-facts.js';

/**
 * The schema of a part of the values of a schema; undefined when no value can have such a part. Of codecs it is the
 * side that travels as JSON. A part that only some values have, as a record's, is optional; of a union it is the part
 * of those variants that have it, and what a value may be `null` or absent for on the way is taken to be there: an
 * author asks for a part only after `match` or `present`.
 */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((part, key) => part && childSchema(part, key, new Set()), schema);
}

function childSchema(schema: z.core.$ZodType, key: string | number, seen: Seen): z.ZodType | undefined {
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  const def = defOf(schema);
  const inner = innerOf(def);
  if (inner) return childSchema(inner, key, seen);
  switch (def.type) {
    case 'object':
      return propertySchema(def, key);
    case 'array':
      return typeof key === 'number' ? optional(def.element) : undefined;
    case 'tuple':
      return typeof key === 'number' ? tupleItem(def, key) : undefined;
    case 'record':
      return recordValue(def, String(key));
    case 'union':
      return unionOf(def.options.flatMap((option) => childSchema(option, key, new Set(seen)) ?? []));
    case 'intersection':
      return both(childSchema(def.left, key, new Set(seen)), childSchema(def.right, key, new Set(seen)));
    case 'any':
    case 'unknown':
    case 'custom':
    case 'transform':
      return z.unknown();
    default:
      return undefined;
  }
}

function propertySchema(def: z.core.$ZodObjectDef, key: string | number): z.ZodType | undefined {
  if (Object.hasOwn(def.shape, key)) return def.shape[key] as z.ZodType;
  return def.catchall && defOf(def.catchall).type !== 'never' ? optional(def.catchall) : undefined;
}

function tupleItem(def: z.core.$ZodTupleDef, index: number): z.ZodType | undefined {
  return (def.items[index] as z.ZodType | undefined) ?? (def.rest ? optional(def.rest) : undefined);
}

/** A record whose keys are listed has a value for each of them. */
function recordValue(def: z.core.$ZodRecordDef, key: string): z.ZodType | undefined {
  const known = onlyValues(def.keyType);
  if (!known) return optional(def.valueType);
  return known.includes(key) ? (def.valueType as z.ZodType) : undefined;
}

function optional(schema: z.core.$ZodType): z.ZodType {
  return z.optional(schema) as z.ZodType;
}

/** Any of some schemas; undefined for none. */
export function unionOf(schemas: readonly z.ZodType[]): z.ZodType | undefined {
  const different = [...new Set(schemas)];
  return different.length > 1 ? z.union(different) : different[0];
}

function both(left: z.ZodType | undefined, right: z.ZodType | undefined): z.ZodType | undefined {
  return left && right ? z.intersection(left, right) : (left ?? right);
}
