import type { Client } from '@temporalio/client';
import type { Store } from '../../store/index.js';
import { alertChores } from '../alerts/alert-chores.js';
import type { Chore } from './chore.js';
import { cleanScratch } from './clean-scratch.js';
import { closeRuns } from './close-runs.js';
import { endOrphans } from './end-orphans.js';

export interface ChoreParts {
  readonly client: Client;
  readonly store: Store;
  /** Folder of all workers' scratch folders. */
  readonly scratch: string;
  /** This process' own in it. */
  readonly ownScratch: string;
  /** Pause between two times, in milliseconds. */
  readonly everyMs: number;
  /** Name of the environment. */
  readonly environment: string;
}

const DAY_MS = 86_400_000;

/** All that a worker does beside its runs. */
export function choresOf(parts: ChoreParts): readonly Chore[] {
  const { client, store, scratch, ownScratch, everyMs } = parts;
  return [
    { name: 'close-runs', everyMs, shared: true, run: () => closeRuns(client, store) },
    { name: 'end-orphans', everyMs, shared: true, run: () => endOrphans(client) },
    ...alertChores(parts),
    { name: 'forget-leases', everyMs: DAY_MS, shared: true, run: () => store.leases.forget(DAY_MS) },
    { name: 'clean-scratch', everyMs, shared: false, run: () => cleanScratch(scratch, ownScratch) },
  ];
}
