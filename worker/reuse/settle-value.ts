import type { ArtifactStore } from '../../plan/artifact.js';
import {
  isCode,
  isLiteral,
  isOrElse,
  isSecret,
  isSpilled,
  type Path,
  type Quoted,
  quote,
  valueAt,
} from '../../plan/binding.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import { readSpilled } from '../steps/values.js';

/** A value with everything read that is kept elsewhere; names of definitions and secrets stay. */
export async function settleValue(value: Quoted, artifacts: ArtifactStore): Promise<Quoted> {
  if (Array.isArray(value)) return Promise.all(value.map((part) => settleValue(part, artifacts)));
  if (isSpilled(value)) return quote(await readSpilled(value, artifacts));
  if (isOrElse(value)) return settleOrElse(value.$orElse, value.path, artifacts);
  if (!isJsonObject(value) || isLiteral(value) || isCode(value) || isSecret(value)) return value;
  const parts = Object.entries(value).map(async ([name, part]) => [name, await settleValue(part, artifacts)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

async function settleOrElse(
  [value, fallback]: readonly [Quoted, Quoted],
  path: Path,
  artifacts: ArtifactStore,
): Promise<Quoted> {
  const first = await settleValue(value, artifacts);
  return valueAt(first === null ? await settleValue(fallback, artifacts) : first, path);
}

/** The plain JSON of a settled value. */
export function unquoteSettled(value: Quoted): Json {
  if (Array.isArray(value)) return value.map(unquoteSettled);
  if (isLiteral(value)) return value.$lit;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unquoteSettled(part)]));
}
