import { FailureType, PawlError } from '../plan/failure.js';
import type { NodeKey } from './journal-entry.js';

/** The error of an attempt that must not write any more. */
export function fenced({ runId, node }: NodeKey, why: string): PawlError {
  return new PawlError(FailureType.Fenced, `node "${node}" of run ${runId} is not this attempt's any more: ${why}`, {
    hint: 'Nothing is lost: the attempt that owns the node finishes it.',
  });
}
