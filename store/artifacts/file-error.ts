import { FailureType, PawlError } from '../../plan/failure.js';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on that disk, or set another folder for artifacts; the work goes on by itself after that.',
  EDQUOT: 'The disk quota is used up: free space or raise it.',
  EACCES: 'Let the user that runs Pawl read and write that folder.',
  EPERM: 'Let the user that runs Pawl read and write that folder.',
  EROFS: 'The disk is mounted read-only: remount it, or set another folder for artifacts.',
  EMFILE: 'Raise the limit of open files (ulimit -n).',
  ENFILE: 'Raise the limit of open files of this machine.',
  ENOTDIR: 'A file is where the store wants a folder: move it, or set another folder for artifacts.',
};

/** The store's own folder failed: PawlError `StoreUnavailable`, with what to do. */
export function storeUnavailable(root: string, error: unknown): PawlError {
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new PawlError(FailureType.StoreUnavailable, `the artifact folder ${root} cannot be used: ${reason}`, {
    hint: hints[code] ?? 'Check that the disk of that folder is mounted and works.',
    cause: error,
  });
}

/** What was to be stored cannot be read: PawlError `InvalidData`. */
export function unreadable(path: string, error: unknown): PawlError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PawlError(FailureType.InvalidData, `${path} cannot be stored as an artifact: ${reason}`, {
    hint: 'Check that the path is right and that the file can be read.',
    cause: error,
  });
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
