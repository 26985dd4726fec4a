import { z } from 'zod';
import { isJsonObject } from '../../plan/json.js';
import { suggestName } from '../../plan/suggest.js';

/** A line for each key that an object schema does not know: zod would drop it without a word. */
export function unknownKeys(schema: z.ZodType, value: unknown, kind: string): readonly string[] {
  if (!(schema instanceof z.ZodObject) || !isJsonObject(value as never)) return [];
  if (schema.def.catchall) return [];
  const known = Object.keys(schema.shape);
  return Object.keys(value as object)
    .filter((key) => !known.includes(key))
    .map((key) => `✖ "${key}" is not a ${kind}. ${suggestName(key, known)}`);
}
