import {
  isCode,
  isLiteral,
  isOrElse,
  isSecret,
  isSpilled,
  plainValueAt,
  type Quoted,
  quote,
  valueAt,
} from '../../plan/binding.js';
import { canonicalJson, type Digest, digestOf, digestOfJson } from '../../plan/canonical.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import type { CacheFacts } from '../../store/index.js';
import { readSpilled, type ValueSources } from '../steps/values.js';

type Artifacts = Pick<ValueSources, 'artifacts'>['artifacts'];

/**
 * Digests of a step's input, by property. A value has the same digest whether it travelled in the history or was spilled
 * to an artifact. Definitions and secrets count by name: the fingerprint covers what a definition holds.
 */
export async function inputDigests(input: Quoted, artifacts: Artifacts): Promise<CacheFacts['input']> {
  const opened = isSpilled(input) || isOrElse(input) || isLiteral(input) ? await settle(input, artifacts) : input;
  const properties = propertiesOf(opened);
  if (properties === null) return partDigest(opened, artifacts);
  const digests = properties.map(async ([name, part]) => [name, await partDigest(part, artifacts)] as const);
  return Object.fromEntries(await Promise.all(digests));
}

/** Null for what is not an object of the author's. */
function propertiesOf(value: Quoted): readonly (readonly [string, Quoted])[] | null {
  if (isLiteral(value)) {
    return isJsonObject(value.$lit) ? Object.entries(value.$lit).map(([name, part]) => [name, quote(part)]) : null;
  }
  return isJsonObject(value) && !isCode(value) && !isSecret(value) ? Object.entries(value) : null;
}

async function partDigest(part: Quoted, artifacts: Artifacts): Promise<Digest> {
  // Spilled values are stored as canonical JSON, so that the artifact has the value's own digest.
  if (isSpilled(part) && part.path.length === 0) return part.$spill;
  const settled = await settle(part, artifacts);
  // No JSON begins like this: a value that looks like a definition's name is not one.
  return holdsNames(settled) ? digestOf(`named ${canonicalJson(settled)}`) : digestOfJson(unquote(settled));
}

/** The value with everything read that is kept elsewhere; names of definitions and secrets stay. */
async function settle(value: Quoted, artifacts: Artifacts): Promise<Quoted> {
  if (Array.isArray(value)) return Promise.all(value.map((part) => settle(part, artifacts)));
  if (isSpilled(value)) return quote(await readSpilled(value, artifacts));
  if (isOrElse(value)) return settleOrElse(value.$orElse, value.path, artifacts);
  if (!isJsonObject(value) || isLiteral(value) || isCode(value) || isSecret(value)) return value;
  const parts = Object.entries(value).map(async ([name, part]) => [name, await settle(part, artifacts)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

async function settleOrElse(
  [value, fallback]: readonly [Quoted, Quoted],
  path: readonly (string | number)[],
  artifacts: Artifacts,
): Promise<Quoted> {
  const first = await settle(value, artifacts);
  return valueAt(first === null ? await settle(fallback, artifacts) : first, path);
}

function holdsNames(value: Quoted): boolean {
  if (Array.isArray(value)) return value.some(holdsNames);
  if (!isJsonObject(value) || isLiteral(value)) return false;
  return isCode(value) || isSecret(value) || Object.values(value).some(holdsNames);
}

function unquote(value: Quoted): Json {
  if (Array.isArray(value)) return value.map(unquote);
  if (isLiteral(value)) return value.$lit;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unquote(part)]));
}

/** A property of a recorded input as people may read it; undefined when it is not at hand or too long. */
export function shownPart(input: Quoted, name: string): string | undefined {
  const value = isLiteral(input) ? plainValueAt(input.$lit, [name]) : valueAt(input, [name]);
  if (isJsonObject(value) && Object.keys(value).some((key) => key.startsWith('$'))) return undefined;
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : undefined;
}
