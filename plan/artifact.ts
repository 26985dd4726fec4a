import { z } from 'zod';
import type { Digest } from './canonical.js';
import type { Json } from './json.js';

/** Zod schema of a digest. */
export const digestSchema = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]) as z.ZodType<
  Digest,
  Digest
>;

/** Content kept outside a run's history, named by what it holds. */
export const artifactSchema = z.object({
  digest: digestSchema,
  /** Size of the content. */
  bytes: z.int().nonnegative(),
  /** RFC 6838 media type, for example `application/vnd.apache.parquet`. */
  mediaType: z.string(),
});

export type Artifact = z.infer<typeof artifactSchema>;

/** Media types of what Pawl itself writes. */
export const MediaType = {
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
  javascript: 'text/javascript',
  /** A folder: JSON `{ files: { path: Artifact } }`. */
  folder: 'application/vnd.pawl.folder+json',
} as const;

/**
 * Content-addressed storage. Writing is atomic (write, fsync, rename) and idempotent; reading verifies the digest.
 * Methods throw PawlError `StoreUnavailable` (full disk, no permission, unreachable) or `ArtifactCorrupt`.
 */
export interface ArtifactStore {
  putBytes(bytes: Uint8Array, mediaType: string): Promise<Artifact>;
  /** As canonical JSON: the artifact's digest is the value's. */
  putJson(value: Json): Promise<Artifact>;
  /** Copies a file in; the caller keeps the original. */
  putFile(path: string, mediaType: string): Promise<Artifact>;
  /** Copies a folder's files in and returns the artifact of their list. */
  putFolder(path: string): Promise<Artifact>;
  /** Whether the content is there and intact; of a folder, with all its files. */
  holds(artifact: Pick<Artifact, 'digest' | 'mediaType'>): Promise<boolean>;
  getBytes(artifact: Pick<Artifact, 'digest'>): Promise<Uint8Array>;
  getJson(artifact: Pick<Artifact, 'digest'>): Promise<Json>;
  /** A verified local file with the content. Read only: it may be the stored file itself. */
  localPath(artifact: Pick<Artifact, 'digest'>): Promise<string>;
  /** Writes a folder artifact's files into `into`, which is created. */
  restoreFolder(artifact: Pick<Artifact, 'digest'>, into: string): Promise<void>;
}
