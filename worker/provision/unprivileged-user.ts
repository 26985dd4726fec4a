import { readFileSync } from 'node:fs';
import { chmod, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const NOBODY = 65534;
const OTHERS_MAY_ENTER = 0o001;

/** The user that Postgres runs as. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom Postgres must run as when this process is root, since Postgres refuses root: the user `nobody` of this machine.
 * `undefined` when this process is not root, and Postgres can run as the same user.
 */
export function unprivilegedUser(): UserIds | undefined {
  return process.getuid?.() === 0 ? nobody() : undefined;
}

function nobody(): UserIds {
  const [, , uid, gid] = (passwdLine('nobody') ?? '').split(':');
  return { uid: toId(uid), gid: toId(gid) };
}

function passwdLine(user: string): string | undefined {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return lines.find((line) => line.startsWith(`${user}:`));
  } catch {
    return undefined;
  }
}

/** macOS writes `nobody` as -2; the system calls want the unsigned number. */
function toId(text: string | undefined): number {
  return text && /^-?\d+$/.test(text) ? Number(text) >>> 0 : NOBODY;
}

/** True when every user can reach a path: each folder above it that exists lets others enter. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const mode = await stat(folder).then(
      (info) => info.mode,
      () => OTHERS_MAY_ENTER,
    );
    if ((mode & OTHERS_MAY_ENTER) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Lets every user read a folder and all that is in it, and run what its owner may run. */
export async function openToOthers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of [folder, ...files]) {
    const { mode } = await stat(file);
    await chmod(file, mode | ((mode & 0o100) === 0 ? 0o444 : 0o555));
  }
}
