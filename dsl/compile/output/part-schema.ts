import { z } from 'zod';
import type { Path } from '../../../plan/binding.js';

/**
 * The schema of a part of a value that has come through an edge: the JSON side of codecs, with defaults filled in. What
 * may be absent is `null` there, as everywhere a path leads nowhere. What is not known is `z.unknown()`.
 */
export function partSchema(schema: z.ZodType, path: Path): z.ZodType {
  return path.reduce<z.ZodType>(childSchema, schema);
}

/** The schema of the items of a list. */
export function itemSchema(schema: z.ZodType): z.ZodType {
  const { def } = partsOf(schema);
  if (def.type === 'array') return typed(def.element);
  if (def.type === 'tuple') return unionOf([...def.items, ...(def.rest ? [def.rest] : [])].map(typed));
  if (def.type === 'union') return unionOf(def.options.map((option) => itemSchema(typed(option))));
  const inner = innerSchema(schema);
  return inner ? itemSchema(inner) : z.unknown();
}

/** The schema of a value that is known not to be `null`. */
export function presentSchema(schema: z.ZodType): z.ZodType {
  const { def } = partsOf(schema);
  if (def.type === 'null') return z.never();
  if (def.type === 'nullable' || def.type === 'optional') return presentSchema(typed(def.innerType));
  if (def.type === 'union') return unionOf(def.options.map((option) => presentSchema(typed(option))));
  return schema;
}

/** What a union can be when the tag at `key` is this one. */
export function variantSchema(schema: z.ZodType, key: string | number, tag: string | number | boolean): z.ZodType {
  const variants = variantsOf(schema);
  return unionOf(variants.filter((variant) => mayBe(childSchema(variant, key), tag)));
}

/** Whether a value may be missing after encoding. A default does not help there: it has been filled in. */
export function mayBeAbsent(schema: z.ZodType): boolean {
  const { def } = partsOf(schema);
  if (def.type === 'optional' || def.type === 'undefined') return true;
  if (def.type === 'nonoptional') return false;
  if (def.type === 'union') return def.options.some((option) => mayBeAbsent(typed(option)));
  // A getter may lead back to where we are.
  if (def.type === 'lazy') return schema._zod.optin !== undefined;
  const inner = def.type === 'nullable' ? typed(def.innerType) : innerSchema(schema);
  return inner ? mayBeAbsent(inner) : false;
}

/** A schema as a binding passes it on: what is missing is `null`. */
export function passedSchema(schema: z.ZodType): z.ZodType {
  return mayBeAbsent(schema) ? orNull(schema) : schema;
}

/** One schema for several: `never` for none. */
export function unionOf(schemas: readonly z.ZodType[]): z.ZodType {
  const flat = schemas.flatMap((schema) => {
    const { def } = partsOf(schema);
    if (def.type === 'never') return [];
    return def.type === 'union' ? def.options.map(typed) : [schema];
  });
  const known = [...new Set(flat)];
  if (known.some((schema) => partsOf(schema).def.type === 'unknown')) return z.unknown();
  if (known.length === 0) return z.never();
  return known.length === 1 ? known[0]! : z.union(known);
}

export function isNever(schema: z.ZodType): boolean {
  return partsOf(schema).def.type === 'never';
}

function childSchema(schema: z.ZodType, key: string | number): z.ZodType {
  const { def } = partsOf(schema);
  switch (def.type) {
    case 'object':
      return propertySchema(def, key);
    case 'array':
      return typeof key === 'number' ? orNull(typed(def.element)) : z.null();
    case 'tuple':
      return elementSchema(def, key);
    case 'record':
      return orNull(typed(def.valueType));
    case 'union':
      return unionOf(def.options.map((option) => childSchema(typed(option), key)));
    case 'intersection':
      return bothSchemas(childSchema(typed(def.left), key), childSchema(typed(def.right), key));
    case 'nullable':
    case 'optional':
      return orNull(childSchema(typed(def.innerType), key));
    case 'null':
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
    case 'template_literal':
      return z.null();
    default: {
      const inner = innerSchema(schema);
      return inner ? childSchema(inner, key) : z.unknown();
    }
  }
}

function propertySchema(def: z.core.$ZodObjectDef, key: string | number): z.ZodType {
  const property = Object.hasOwn(def.shape, key) ? typed(def.shape[key]!) : undefined;
  if (property) return passedSchema(property);
  return def.catchall ? orNull(typed(def.catchall)) : z.null();
}

function elementSchema(def: z.core.$ZodTupleDef, key: string | number): z.ZodType {
  if (typeof key !== 'number') return z.null();
  const element = def.items[key];
  if (element) return passedSchema(typed(element));
  return def.rest ? orNull(typed(def.rest)) : z.null();
}

/** A property that one side does not know is the other's. */
function bothSchemas(left: z.ZodType, right: z.ZodType): z.ZodType {
  if (partsOf(left).def.type === 'null') return right;
  if (partsOf(right).def.type === 'null') return left;
  return z.intersection(left, right);
}

/** What a wrapper holds, where the wrapper changes nothing about the JSON. */
function innerSchema(schema: z.ZodType): z.ZodType | undefined {
  const { def } = partsOf(schema);
  switch (def.type) {
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
      return typed(def.innerType);
    case 'nullable':
    case 'optional':
      return presentSchema(schema);
    case 'lazy':
      return typed(def.getter());
    case 'pipe':
      return typed(def.in);
    default:
      return undefined;
  }
}

function variantsOf(schema: z.ZodType): readonly z.ZodType[] {
  const { def } = partsOf(schema);
  if (def.type === 'union') return def.options.flatMap((option) => variantsOf(typed(option)));
  const inner = innerSchema(schema);
  return inner ? variantsOf(inner) : [schema];
}

function mayBe(schema: z.ZodType, tag: string | number | boolean): boolean {
  const { def } = partsOf(schema);
  if (def.type === 'null') return false;
  const { values } = schema._zod;
  return values === undefined || values.has(tag);
}

function orNull(schema: z.ZodType): z.ZodType {
  const { def } = partsOf(schema);
  const inner = def.type === 'optional' ? typed(def.innerType) : schema;
  return unionOf([inner, NULL]);
}

const NULL = z.null();

function partsOf(schema: z.ZodType) {
  return (schema as unknown as z.core.$ZodTypes)._zod;
}

/** Zod's definitions name its smaller core; every schema made with `z` has the whole of it. */
function typed(schema: z.core.$ZodType): z.ZodType {
  return schema as z.ZodType;
}
