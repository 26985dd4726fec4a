import type { Digest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Database } from '../database.js';
import { collect, whyKept } from './collect.js';
import type { Collection, CollectOptions, RetentionOptions } from './retention.js';

/** What is kept of the artifacts, and what is removed. */
export interface RetentionStore {
  /**
   * Removes what nothing needs.
   * @throws PawlError `Conflict` while another collection is at work, `StoreUnavailable` for what cannot be read;
   * nothing is removed then.
   */
  collect(options: CollectOptions): Promise<Collection>;
  /** Why an object is kept: a phrase for each reference on the way; none for one that nothing needs. */
  why(digest: Digest, options: RetentionOptions): Promise<readonly string[]>;
}

/** @param root The artifact folder; null where the artifacts are in no folder. */
export function openRetention(db: Database, root: string | null): RetentionStore {
  const place = () => {
    if (root !== null) return { db, root };
    throw new PawlError(FailureType.StoreUnavailable, 'only artifacts in a folder can be collected', {
      hint: 'This store was opened with one of its own: remove what is not needed there.',
      retryable: false,
    });
  };
  return {
    collect: async (options) => collect(place(), options),
    why: async (digest, options) => whyKept(place(), options, digest),
  };
}
