import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Why something that takes minutes did not work the last time. */
export interface RememberedFailure {
  readonly reason: string;
  readonly remedy: string;
  /** When it failed, as an ISO date and time. */
  readonly at: string;
}

/** Writes a failure down, so that it is not tried again at every set-up. */
export async function rememberFailure(file: string, failure: RememberedFailure): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(failure));
}

/** The failure that was written down, if there is one that can be read. */
export async function recallFailure(file: string): Promise<RememberedFailure | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RememberedFailure;
  } catch {
    return undefined;
  }
}

/** Forgets a failure, if there was one. */
export async function forgetFailure(file: string): Promise<void> {
  await rm(file, { force: true });
}
