import type { ArtifactStore } from '../../plan/artifact.js';
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
import { isJsonObject } from '../../plan/json.js';
import type { CacheFacts } from '../../store/index.js';
import { settleValue, unquoteSettled } from './settle-value.js';

/**
 * Digests of a step's input, by property. A value has the same digest whether it travelled in the history or was spilled
 * to an artifact. Definitions and secrets count by name: the fingerprint covers what a definition holds.
 */
export async function inputDigests(input: Quoted, artifacts: ArtifactStore): Promise<CacheFacts['input']> {
  const opened = isSpilled(input) || isOrElse(input) || isLiteral(input) ? await settleValue(input, artifacts) : input;
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

async function partDigest(part: Quoted, artifacts: ArtifactStore): Promise<Digest> {
  // Spilled values are stored as canonical JSON, so that the artifact has the value's own digest.
  if (isSpilled(part) && part.path.length === 0) return part.$spill;
  const settled = await settleValue(part, artifacts);
  // No JSON begins like this: a value that looks like a definition's name is not one.
  return holdsNames(settled) ? digestOf(`named ${canonicalJson(settled)}`) : digestOfJson(unquoteSettled(settled));
}

function holdsNames(value: Quoted): boolean {
  if (Array.isArray(value)) return value.some(holdsNames);
  if (!isJsonObject(value) || isLiteral(value)) return false;
  return isCode(value) || isSecret(value) || Object.values(value).some(holdsNames);
}

/** A property of a recorded input as people may read it; undefined when it is not at hand or too long. */
export function shownPart(input: Quoted, name: string): string | undefined {
  const value = isLiteral(input) ? plainValueAt(input.$lit, [name]) : valueAt(input, [name]);
  if (isJsonObject(value) && Object.keys(value).some((key) => key.startsWith('$'))) return undefined;
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : undefined;
}
