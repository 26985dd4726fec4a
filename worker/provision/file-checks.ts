import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

/** True for a file that this user may execute. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** True for a file, also behind a symbolic link. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
