import { z } from 'zod';
import { isJsonObject, type Json } from '../../../plan/json.js';
import { mayBeAbsent } from './part-schema.js';

/**
 * JSON Schema of the values of a schema once they have come through an edge: the JSON side of codecs, with defaults
 * filled in. What JSON Schema cannot say is left out.
 */
export function settledJsonSchema(schema: z.ZodType): Json {
  const whole = mayBeAbsent(schema) ? z.union([schema, z.null()]) : schema;
  const { $schema: _, ...found } = z.toJSONSchema(whole, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => settle(zodSchema, jsonSchema),
  });
  // Through text, because zod adds properties that are not JSON.
  return tidy(JSON.parse(JSON.stringify(found)) as Json);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Zod tells what may be left out before defaults are filled in; here they have been. */
function settle(schema: z.core.$ZodTypes, json: JsonSchema): void {
  const { def } = schema._zod;
  if (def.type === 'object') settleObject(def, json);
  if (def.type === 'array' && mayBeAbsent(def.element as z.ZodType)) json.items = orNull(json.items);
  if (def.type === 'tuple') settleTuple(def, json);
  if (def.type === 'default' || def.type === 'prefault') delete json.default;
}

function settleObject({ shape, catchall }: z.core.$ZodObjectDef, json: JsonSchema): void {
  const required = Object.keys(shape).filter((key) => !mayBeAbsent(shape[key] as z.ZodType));
  if (required.length > 0) json.required = required;
  else delete json.required;
  if (!catchall) json.additionalProperties = false;
}

/** JSON writes `null` for what is missing in a list. */
function settleTuple({ items }: z.core.$ZodTupleDef, json: JsonSchema): void {
  const lastNeeded = items.findLastIndex((item) => !mayBeAbsent(item as z.ZodType));
  if (lastNeeded >= 0) json.minItems = lastNeeded + 1;
  const prefix = json.prefixItems;
  if (!prefix) return;
  json.prefixItems = prefix.map((item, index) => (mayBeAbsent(items[index] as z.ZodType) ? orNull(item) : item));
}

function orNull(json: JsonSchema['items'] | JsonSchema): JsonSchema {
  return { anyOf: [(json ?? {}) as JsonSchema, { type: 'null' }] };
}

/** Says each alternative once. */
function tidy(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(tidy);
  if (!isJsonObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, tidy(part)]));
  const { anyOf, ...rest } = inner;
  if (!Array.isArray(anyOf)) return inner;
  const flat = anyOf.flatMap((part) => (isBareAnyOf(part) ? part.anyOf : [part]));
  const once = [...new Map(flat.map((part) => [JSON.stringify(part), part])).values()];
  if (once.length === 1 && isJsonObject(once[0]) && Object.keys(rest).length === 0) return once[0];
  return { ...rest, anyOf: once };
}

function isBareAnyOf(part: Json): part is { readonly anyOf: readonly Json[] } {
  return isJsonObject(part) && Array.isArray(part.anyOf) && Object.keys(part).length === 1;
}
