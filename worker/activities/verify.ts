import type { GrantProof, VerifyGrantInput } from '../../plan/protocol.js';
import { grantKeys } from '../grants/grant-keys.js';
import { verifyGrant } from '../grants/verify-grant.js';
import type { RunIdentity } from './begin.js';

/**
 * Whether a grant proves a decision in the run that asks.
 * @throws PawlError `Forbidden` when it does not, `InvalidInput` when this worker has no keys.
 */
export async function verify({ grant, ...said }: VerifyGrantInput, run: RunIdentity): Promise<GrantProof> {
  return verifyGrant(grant, { ...said, run: run.workflowId, runId: run.runId }, await grantKeys());
}
