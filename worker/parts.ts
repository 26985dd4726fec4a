import type { Digest } from '../plan/canonical.js';
import type { CHUNK_ITEMS } from '../plan/chunk.js';
import type { Plan } from '../plan/plan.js';
import type { Store } from '../store/index.js';
import type { CodeSource } from './code/load-code.js';
import type { LeaseKeeper } from './leases/lease-keeper.js';
import type { Devices } from './limits/devices.js';
import type { LimitTable } from './limits/limit-table.js';

/** What the activities of a worker share. */
export interface WorkerParts {
  readonly store: Store;
  readonly code: CodeSource;
  /** What its attempts hold of what others want too. */
  readonly leases: LeaseKeeper;
  /** Limits that hold across workers. */
  readonly limits: LimitTable;
  readonly devices: Devices;
  /** Task queue of runs, from which the queues of steps have their names. */
  readonly taskQueue: string;
  /** Plans that were read and checked, by hash. */
  readonly plans: Map<Digest, Plan>;
  /** Folder under which each attempt gets an empty one of its own. */
  readonly scratch: string;
  /** Name of the environment it works in. */
  readonly environment: string;
  /** False: this worker runs every step, and offers no outputs for reuse. */
  readonly reuse: boolean;
  /** See `BeginResult`. Default: {@link CHUNK_ITEMS}. */
  readonly chunkItems?: number;
  /** Runs that begin here take only signed decisions. Absent: as each approval says. */
  readonly grants?: 'required';
}
