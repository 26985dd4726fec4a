import type { z } from 'zod';
import { isJsonObject, type Json } from '../../plan/json.js';

type Parsed = z.ZodSafeParseResult<unknown>;

/**
 * Checks a step's input. What is absent travels as `null`, since JSON knows nothing else: where a schema takes an
 * absent property and no `null`, the property is left out.
 */
export async function parseInput(schema: z.ZodType, input: unknown): Promise<Parsed> {
  const parsed = await schema.safeParseAsync(input);
  if (parsed.success) return parsed;
  const nulls = parsed.error.issues.map(({ path }) => path).filter((path) => at(input, path) === null);
  if (nulls.length === 0) return parsed;
  const again = await schema.safeParseAsync(nulls.reduce(without, input));
  return again.success ? again : parsed;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, key) => (part === null ? undefined : Object(part)[key]), value);
}

/** The same value without the property at a path; a place of a list stays. */
function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined) return value;
  if (Array.isArray(value)) return value.map((part, index) => (index === key ? without(part, rest) : part));
  if (!isJsonObject(value as Json)) return value;
  const entries = Object.entries(value as object).flatMap(([name, part]) => {
    if (name !== key) return [[name, part] as const];
    return rest.length === 0 ? [] : [[name, without(part, rest)] as const];
  });
  return Object.fromEntries(entries);
}
