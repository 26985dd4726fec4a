import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artifact } from '../../plan/artifact.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { FolderManifest } from './folder-manifest.js';

/**
 * Copies a manifest's files into an empty folder, where the caller may change them.
 *
 * @param locate gives a verified file with an artifact's content.
 * @throws PawlError `InvalidData` when the folder is not empty: a link in it could lead the writing elsewhere.
 */
export async function restoreFiles(
  { files }: FolderManifest,
  into: string,
  locate: (artifact: Artifact) => Promise<string>,
): Promise<void> {
  const guard = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw unwritable(into, error);
    });
  await guard(mkdir(into, { recursive: true }));
  refuseFilled(into, await guard(readdir(into)));
  for (const [name, artifact] of Object.entries(files)) {
    await guard(place(await locate(artifact), join(into, name)));
  }
}

/** A copy-on-write copy where the file system can do that. */
async function place(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(target, 0o644);
}

function refuseFilled(folder: string, found: readonly string[]): void {
  if (found.length === 0) return;
  throw new PawlError(FailureType.InvalidData, `a folder artifact cannot be restored into ${folder}: it is not empty`, {
    hint: 'Restore into a folder that does not exist yet.',
    retryable: false,
  });
}

function unwritable(folder: string, error: unknown): PawlError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PawlError(FailureType.StoreUnavailable, `files cannot be written to ${folder}: ${reason}`, {
    hint: 'Free space on that disk, or let the user that runs Pawl write there.',
    cause: error,
  });
}
