import type { Definition } from '../../dsl/definition.js';
import type { Secret } from '../../dsl/secret.js';
import type { ArtifactStore } from '../../plan/artifact.js';
import {
  isCode,
  isLiteral,
  isOrElse,
  isSecret,
  isSpilled,
  type OrElseBinding,
  plainValueAt,
  type Quoted,
  quote,
  type SpilledValue,
  valueAt,
} from '../../plan/binding.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import type { AttemptSecrets } from './secrets.js';

/** Larger values do not travel in a run's history. */
export const INLINE_BYTES = 32 * 1024;

export interface ValueSources {
  readonly artifacts: ArtifactStore;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Gives the secrets that a step's input names. Absent: a value that names one is refused. */
  readonly secrets?: AttemptSecrets;
}

/** The value a step's function gets: literals unwrapped, spilled values read, definitions put in. */
export async function decodeValue(value: Quoted, sources: ValueSources): Promise<unknown> {
  // Nearly every value stands for itself.
  return mayHoldReserved(value) ? decodeParts(value, sources) : value;
}

const mayHoldReserved = (value: Quoted): boolean => JSON.stringify(value).includes('"$');

async function decodeParts(value: Quoted, sources: ValueSources): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((part) => decodeParts(part, sources)));
  if (!isJsonObject(value)) return value;
  if (isLiteral(value)) return value.$lit;
  if (isCode(value)) return definitionNamed(value.$code, sources.definitions);
  if (isSecret(value)) return secretNamed(value.$secret, sources.secrets);
  if (isSpilled(value)) return readSpilled(value, sources.artifacts);
  if (isOrElse(value)) return decodeOrElse(value, sources);
  const parts = await Promise.all(
    Object.entries(value).map(async ([key, part]) => [key, await decodeParts(part, sources)] as const),
  );
  return Object.fromEntries(parts);
}

async function decodeOrElse({ $orElse: [value, fallback], path }: OrElseBinding, sources: ValueSources) {
  const first = await decodeParts(value, sources);
  const chosen = first === null ? await decodeParts(fallback, sources) : first;
  return path.length === 0 ? chosen : plainValueAt(chosen as Json, path);
}

/**
 * What a deferred value stands for, ready for the history; any other value as it is. Code and secrets in it stay names.
 */
export async function readDeferred(value: Quoted, artifacts: ArtifactStore): Promise<Quoted> {
  if (isSpilled(value)) return quote(await readSpilled(value, artifacts));
  if (!isOrElse(value)) return value;
  const [first, fallback] = value.$orElse;
  const found = await readDeferred(first, artifacts);
  return readDeferred(valueAt(found === null ? fallback : found, value.path), artifacts);
}

/** The content of a spilled value, at its path. */
export async function readSpilled(value: SpilledValue, artifacts: ArtifactStore): Promise<Json> {
  return plainValueAt(await artifacts.getJson({ digest: value.$spill }), value.path);
}

/** What a step put out, ready for the history: the largest parts become artifacts until the rest is small enough. */
export async function encodeValue(value: Json, artifacts: ArtifactStore): Promise<Quoted> {
  if (sizeOf(value) <= INLINE_BYTES) return quote(value);
  const mayStay = isJsonObject(value) && !Object.keys(value).some((key) => key.startsWith('$'));
  return mayStay ? spillLargest(value, artifacts) : spill(value, artifacts);
}

async function spillLargest(value: { readonly [key: string]: Json }, artifacts: ArtifactStore): Promise<Quoted> {
  const largestFirst = Object.entries(value).sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
  const kept = new Map<string, Quoted>(Object.entries(value).map(([key, part]) => [key, quote(part)]));
  for (const [key, part] of largestFirst) {
    if (sizeOf(Object.fromEntries(kept)) <= INLINE_BYTES) break;
    kept.set(key, await spill(part, artifacts));
  }
  const small = Object.fromEntries(kept);
  return sizeOf(small) <= INLINE_BYTES ? small : spill(value, artifacts);
}

async function spill(value: Json, artifacts: ArtifactStore): Promise<SpilledValue> {
  const { digest, bytes } = await artifacts.putJson(value);
  return { $spill: digest, bytes, path: [] };
}

const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

function secretNamed(name: string, secrets: AttemptSecrets | undefined): Secret {
  if (secrets) return secrets.take(name);
  throw new PawlError(FailureType.InvalidValue, `the secret "${name}" cannot stand here`, {
    hint: 'Only the input of a step takes secrets: pass it to the step that needs it.',
    retryable: false,
  });
}

function definitionNamed(name: string, definitions: ReadonlyMap<string, Definition>): Definition {
  const found = definitions.get(name);
  if (found) return found;
  throw new PawlError(FailureType.InvalidPlan, `the run's code has no ${name}`, {
    hint: 'The plan and its code bundle do not belong together: publish the pipeline again.',
    retryable: false,
  });
}
