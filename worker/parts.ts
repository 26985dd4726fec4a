import type { Store } from '../store/index.js';
import type { CodeLoader } from './code/load-code.js';

/** What the activities of a worker share. */
export interface WorkerParts {
  readonly store: Store;
  readonly code: CodeLoader;
  /** Folder under which each attempt gets an empty one of its own. */
  readonly scratch: string;
}
