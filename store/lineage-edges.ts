import type { Artifact } from '../plan/artifact.js';
import { MediaType } from '../plan/artifact.js';
import { isLiteral, isSpilled } from '../plan/binding.js';
import { isDigest } from '../plan/canonical.js';
import { isJsonObject, type Json, type JsonObject } from '../plan/json.js';
import type { LineageDirection } from './tables.js';

/** An artifact inside a value. */
export interface FoundArtifact {
  /** Where it is, as a JSON pointer (RFC 6901): `/files/0`; empty for the value itself. */
  readonly path: string;
  readonly artifact: Artifact;
}

/** An artifact that a node read or wrote. */
export interface LineageEdge extends FoundArtifact {
  readonly direction: LineageDirection;
}

/**
 * The artifacts inside a value: each object with a digest, a size and a media type. In a quoted value a literal counts
 * as what it holds, and a spilled value as the JSON artifact it is kept in; what is inside that artifact is not seen,
 * so pass the value from before it was spilled to see all.
 */
export function artifactsIn(value: Json): FoundArtifact[] {
  const found: FoundArtifact[] = [];
  collect(value, '', found);
  return found;
}

/** The artifacts inside a value as edges of a node's lineage. */
export function edgesOf(direction: LineageDirection, value: Json): LineageEdge[] {
  return artifactsIn(value).map((found) => ({ direction, ...found }));
}

function collect(value: Json, path: string, found: FoundArtifact[]): void {
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) collect(part, `${path}/${index}`, found);
  } else if (isJsonObject(value)) {
    collectObject(value, path, found);
  }
}

function collectObject(value: JsonObject, path: string, found: FoundArtifact[]): void {
  const artifact = artifactOf(value);
  if (artifact) found.push({ path, artifact });
  else if (isLiteral(value)) collect(value.$lit, path, found);
  else for (const [key, part] of Object.entries(value)) collect(part, `${path}/${escapeKey(key)}`, found);
}

function artifactOf(value: JsonObject): Artifact | undefined {
  if (isSpilled(value)) return { digest: value.$spill, bytes: value.bytes, mediaType: MediaType.json };
  const { digest, bytes, mediaType } = value;
  const fits = isDigest(digest) && Number.isInteger(bytes) && typeof mediaType === 'string';
  return fits ? { digest, bytes: bytes as number, mediaType } : undefined;
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
