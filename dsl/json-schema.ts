import { z } from 'zod';
import type { Json } from '../plan/json.js';

/** JSON Schema of a schema's input, for forms and documentation. What it cannot say it leaves out. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  const { $schema: _, ...found } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  // Through text, because zod adds properties that are not JSON.
  return JSON.parse(JSON.stringify(found)) as Json;
}
