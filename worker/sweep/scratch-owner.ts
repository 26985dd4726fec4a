import { createHash } from 'node:crypto';
import { identify, processSpace } from '../embedded/process-identity.js';

/** Which process a folder is of. */
export interface ScratchOwner {
  /** The processes that can see each other: of one machine or container since it started. */
  readonly space: string;
  readonly pid: number;
  /** When it started; a process id alone is given to another one sooner or later. */
  readonly started: string;
}

/** The owner for a process that is there; `undefined` for one that is not. */
export async function scratchOwner(pid: number): Promise<ScratchOwner | undefined> {
  const identity = await identify(pid);
  return identity && { space: short(await processSpace()), pid, started: short(identity.started) };
}

/** The name of a process' folder for its attempts. */
export function folderOf({ space, pid, started }: ScratchOwner): string {
  return `worker-${space}-${pid}-${started}`;
}

/** The owner of a folder; `undefined` for one that is no worker's. */
export function ownerOf(folder: string): ScratchOwner | undefined {
  const [, space, pid, started] = /^worker-([0-9a-f]{8})-(\d+)-([0-9a-f]{8})$/.exec(folder) ?? [];
  return space && pid && started ? { space, pid: Number(pid), started } : undefined;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
