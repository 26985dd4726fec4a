import type { ModelSet } from './model-set.js';
import type { PredictionBuffer } from './prediction-buffer.js';

/** What the routes work with. */
export interface ServerParts {
  readonly models: ModelSet;
  readonly predictions: PredictionBuffer;
  /** Why the deployments cannot be read right now; null when they can. */
  storeTrouble(): string | null;
}
