import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { type Artifact, artifactSchema, MediaType } from '../../plan/artifact.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';

/** The content of a folder: artifacts by path. Paths are relative and have `/` on every system. */
export interface FolderManifest {
  readonly files: Readonly<Record<string, Artifact>>;
}

const manifestSchema = z.object({ files: z.record(z.string(), artifactSchema) });

/**
 * Reads a manifest that came from the store, and so maybe from somebody else.
 *
 * @throws PawlError `ArtifactCorrupt` when it is none, or when a path would lead out of the folder.
 */
export function parseManifest(value: Json): FolderManifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw corrupt(`is not a folder: ${z.prettifyError(parsed.error)}`);
  for (const path of Object.keys(parsed.data.files)) {
    if (!isInside(path)) throw corrupt(`holds a file with the path ${JSON.stringify(path)}, which leads out of it`);
  }
  return parsed.data;
}

/**
 * The files of a folder, sorted, with `/` between names. Empty folders do not count.
 *
 * @throws PawlError `InvalidData` for what is neither file nor folder, such as a symbolic link.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (entry.isFile()) files.push(path.split(sep).join('/'));
    else if (!entry.isDirectory()) throw notStorable(folder, path);
  }
  return files.sort();
}

/** By the name's ending; `application/octet-stream` for any other. */
export function mediaTypeOf(path: string): string {
  if (path.endsWith('.json')) return MediaType.json;
  if (path.endsWith('.parquet')) return MediaType.parquet;
  if (/\.[cm]?js$/.test(path)) return MediaType.javascript;
  return 'application/octet-stream';
}

/** True for a path that stays below any folder it is joined to, on any system. */
function isInside(path: string): boolean {
  if (/[\\\0]/.test(path) || /^[a-zA-Z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function corrupt(why: string): PawlError {
  return new PawlError(FailureType.ArtifactCorrupt, `the folder artifact ${why}`, {
    hint: 'Make the artifact again by retrying the step that wrote it.',
    retryable: false,
  });
}

function notStorable(folder: string, path: string): PawlError {
  return new PawlError(FailureType.InvalidData, `${join(folder, path)} is neither a file nor a folder`, {
    hint: 'Copy what a symbolic link points to into the folder before storing it.',
    retryable: false,
  });
}
