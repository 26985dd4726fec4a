import type { Checkpoint, Checkpoints } from '../plan/registry.js';

/** Checkpoints of one node that live as long as the test. */
export function memoryCheckpoints(): Checkpoints {
  let latest: Checkpoint | null = null;
  return {
    latest: async () => latest,
    save: async (checkpoint) => {
      latest = checkpoint;
    },
  };
}
