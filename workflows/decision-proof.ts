import { isCancellation } from '@temporalio/workflow';
import { digestOfJson } from '../plan/canonical.js';
import { FailureType } from '../plan/failure.js';
import type { ApprovalNode } from '../plan/plan.js';
import type { ApprovalDecision, ApproveRequest, BeginResult, VerifyGrantInput } from '../plan/protocol.js';
import { callVerifyGrant } from './calls.js';
import { faultOf } from './fault.js';
import type { Found } from './find-addressee.js';
import { sizeOf } from './fit-table.js';
import { refusal } from './request-shape.js';
import type { RunState } from './run-state.js';

/** How a decision is proved, as it is recorded with it. */
export type DecisionProof = Pick<ApprovalDecision, 'proof' | 'key' | 'grant'>;

/** Whether only signed decisions count: what the node or, when the run began, its environment said. */
export function isGrantRequired(node: ApprovalNode, pinned: BeginResult): boolean {
  return node.grant === 'required' || pinned.grants === 'required';
}

/** @throws ApplicationFailure `Forbidden` where a decision must be signed and is not. */
export function checkGrantThere(
  { grant }: ApproveRequest,
  { id, node }: Found<ApprovalNode>,
  pinned: BeginResult,
): void {
  if (grant !== undefined || !isGrantRequired(node, pinned)) return;
  const how = 'sign it with `pawl grants sign`, or decide through `pawl operate`';
  throw refusal(`only signed decisions count at "${id}": ${how}`, FailureType.Forbidden);
}

/** How long whoever sent a grant waits for workers that can verify it, in milliseconds. */
const VERIFY_MS = 60_000;

/** Of a decision without a grant. */
export const CLAIMED: DecisionProof = { proof: 'claimed' };

/**
 * What proves a decision that comes with a grant.
 * @throws ApplicationFailure for a grant that does not prove exactly this one.
 */
export async function proofOf(
  said: Omit<VerifyGrantInput, 'value'>,
  { value }: ApproveRequest,
  state: RunState,
): Promise<DecisionProof> {
  const input = { ...said, value: digestOfJson(value ?? null) };
  const proof: DecisionProof = { proof: 'signed', ...(await verified(input, state)) };
  refuseUsed(proof, state);
  return proof;
}

async function verified(input: VerifyGrantInput, state: RunState): Promise<Omit<DecisionProof, 'proof'>> {
  const room = state.budget.admit(sizeOf(input));
  if (room) await room;
  try {
    return await state.inbox.check(() => callVerifyGrant(input, VERIFY_MS));
  } catch (error) {
    if (isCancellation(error))
      throw refusal(`the run ended before the grant for "${input.node}" was verified`, FailureType.Conflict);
    const { type, message } = faultOf(input.node, error);
    throw refusal(message, type as FailureType);
  }
}

/** Lets the grant of a decision count this once. @throws ApplicationFailure `Conflict` when it has counted. */
export function useGrant(proof: DecisionProof, state: RunState): void {
  refuseUsed(proof, state);
  if (proof.grant !== undefined) state.inbox.useGrant(proof.grant);
}

function refuseUsed({ grant }: DecisionProof, state: RunState): void {
  if (grant === undefined || !state.inbox.hasGrant(grant)) return;
  throw refusal('the grant has counted already; each one counts once', FailureType.Conflict);
}
