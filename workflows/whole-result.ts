import { isCancellation } from '@temporalio/workflow';
import { isLiteral, isSpilled, type Quoted } from '../plan/binding.js';
import { isJsonObject } from '../plan/json.js';
import { callRead } from './calls.js';

/**
 * The result of a run with its large parts put back in, so that whoever started it gets what the types say. A result too
 * large to travel keeps the references: the work is done, and is not to fail for its size.
 */
export async function wholeResult(value: Quoted): Promise<Quoted> {
  const spilled = spilledParts(value);
  if (spilled.length === 0) return value;
  try {
    const contents = (await callRead(spilled)) as readonly Quoted[];
    return putBack(value, [...contents]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return value;
  }
}

/** In the order in which {@link putBack} meets them. */
function spilledParts(value: Quoted): Quoted[] {
  if (isSpilled(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(spilledParts);
  return isJsonObject(value) && !isLiteral(value) ? Object.values(value).flatMap(spilledParts) : [];
}

function putBack(value: Quoted, contents: Quoted[]): Quoted {
  if (isSpilled(value)) return contents.shift() ?? null;
  if (Array.isArray(value)) return value.map((part) => putBack(part, contents));
  if (!isJsonObject(value) || isLiteral(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, putBack(part, contents)]));
}
