import { isLiteral, isSpilled, type Quoted } from '../plan/binding.js';
import { isJsonObject, type Json } from '../plan/json.js';

/** The plain JSON of a value. What was spilled stays a reference: a workflow cannot read artifacts. */
export function unquoteInline(value: Quoted): Json {
  if (Array.isArray(value)) return value.map(unquoteInline);
  if (isLiteral(value)) return value.$lit;
  if (!isJsonObject(value) || isSpilled(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unquoteInline(part)]));
}
