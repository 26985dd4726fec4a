import { existsSync } from 'node:fs';
import { connectKeeper } from './connect-keeper.js';
import type { Problem } from './stack-error.js';
import { readStackFile, type Services, type StackFile } from './stack-file.js';
import { locateState, type StateOptions } from './state-folder.js';

/** What is known of a project's stack without starting it. */
export interface StackInfo {
  readonly state: string;
  readonly artifacts: string;
  readonly logs: string;
  readonly status: 'ready' | 'starting' | 'stopped' | 'failed';
  /** Set when `status` is `ready`. */
  readonly services: Services | null;
  /** Why the last one failed; set when `status` is `failed`. */
  readonly problem: Problem | null;
}

/** Looks at the stack of a project, running or not, and changes nothing. `null` when the project has no state yet. */
export async function findStack(options: StateOptions = {}): Promise<StackInfo | null> {
  const { folder, artifacts, logs, stackFile } = locateState(options);
  if (!existsSync(folder)) return null;
  const file = await readStackFile(stackFile);
  const known = { state: folder, artifacts, logs, services: null, problem: null };
  if (file?.status === 'failed') return { ...known, status: 'failed', problem: file.problem };
  if (!file || !(await isServed(file))) return { ...known, status: 'stopped' };
  return { ...known, status: file.status, services: file.services };
}

async function isServed(file: StackFile): Promise<boolean> {
  const socket = await connectKeeper(file, { wants: 'look' }, () => {});
  socket?.destroy();
  return socket !== undefined;
}
