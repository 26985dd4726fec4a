import { CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { type Quoted, quote } from '../plan/binding.js';
import { digestOfJson } from '../plan/canonical.js';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { ApprovalNode } from '../plan/plan.js';
import { type ApproveRequest, type BeginResult, RunMessage, type SendRequest } from '../plan/protocol.js';
import { answer, askWorker } from './answer.js';
import { type Ballot, UNKNOWN } from './ballot.js';
import { callCheck } from './calls.js';
import { CLAIMED, checkGrantThere, proofOf, useGrant } from './decision-proof.js';
import type { EventSlot } from './event-slot.js';
import { type Found, findAddressee } from './find-addressee.js';
import { sizeOf } from './fit-table.js';
import { checkShape, refusal } from './request-shape.js';
import type { RunState } from './run-state.js';

const approveUpdate = defineUpdate<string, [ApproveRequest | undefined]>(RunMessage.approve);
const sendUpdate = defineUpdate<string, [SendRequest]>(RunMessage.send);

/** Registers what people send to a run. It may come before the run has begun or has reached the node. */
export function registerPeopleHandlers(state: RunState): void {
  setHandler(approveUpdate, (request) => answer(() => approve(request ?? {}, state)), {
    description:
      'Decide at an approval. Input: {"node": "approval", "approved": true, "by": "you", "role": "…", "reason": "…", ' +
      '"value": what its form asks for, "grant": what signs it}. All may be left out; "approved": false refuses',
    validator: (request) => {
      checkApproveShape(request ?? {});
      if (state.pinned) admitDecision(request ?? {}, state);
    },
  });
  setHandler(sendUpdate, (request) => answer(() => send(request, state)), {
    description: 'Send a waitFor its event. Input: {"node": "labels-ready", "value": the event}',
    validator: (request) => {
      checkShape(request, { node: 'text', value: 'any' });
      if (state.pinned) admitEvent(request, state);
    },
  });
}

async function approve(request: ApproveRequest, state: RunState): Promise<string> {
  const pinned = await hasBegun(state);
  const { id, ballot } = admitDecision(request, state);
  const { approved = true, role = null, reason = '' } = request;
  const said = { node: id, approved, by: nameOf(request), role, reason };
  // Without a grant nothing is awaited: that would change the order in which earlier runs did things.
  const proof =
    request.grant === undefined ? CLAIMED : await proofOf({ ...said, grant: request.grant }, request, state);
  const fills = approved && ballot.node.form !== null;
  const value = fills ? await checked(ballot.node.id, request.value, pinned, state) : null;
  // Others may have decided while grant and value were checked, and so may the same grant.
  admitDecision({ ...request, node: id }, state);
  useGrant(proof, state);
  const { node: _, ...decision } = said;
  ballot.cast({ ...decision, at: new Date().toISOString(), ...proof }, value, digestOfJson(request.value ?? null));
  return `${id}: ${ballot.words()}`;
}

async function send(request: SendRequest, state: RunState): Promise<string> {
  const pinned = await hasBegun(state);
  const { id, slot } = admitEvent(request, state);
  const value = await checked(slot.node.id, request.value, pinned, state);
  admitEvent(request, state);
  slot.fill(value);
  return `${id}: the event is there`;
}

/** @throws ApplicationFailure for a decision that cannot count. */
function admitDecision(request: ApproveRequest, state: RunState): { id: string; ballot: Ballot } {
  const { id, node } = findAddressee(request.node, 'approval', state);
  const ballot = state.inbox.ballot(id, node);
  const objection = ballot.objection(nameOf(request));
  if (objection) throw refusal(`"${id}" ${objection}`, FailureType.Conflict);
  checkRole(request, id, ballot);
  checkFilledIn(request, { id, node });
  if (state.pinned) checkGrantThere(request, { id, node }, state.pinned);
  return { id, ballot };
}

/** A name with a space too many is the same person's. */
function nameOf({ by = UNKNOWN }: ApproveRequest): string {
  return by.trim();
}

function checkRole({ role }: ApproveRequest, id: string, ballot: Ballot): void {
  const { roles, node } = ballot;
  if (roles.length === 0 || (role !== undefined && roles.includes(role))) return;
  const wanted = `only ${roles.join(', ')} may decide at "${id}"`;
  if (role === undefined) throw refusal(`${wanted}: say your role with "role"`);
  const later = node.escalate?.findIndex((stage) => stage.roles.includes(role)) ?? -1;
  const at = ballot.escalations()[later]?.at;
  const words =
    later < 0 || roles.includes(role) ? '' : `; "${role}" may ${at ? `from ${at}` : 'when it has waited for long'}`;
  throw refusal(`${wanted}, not "${role}"${words}`, FailureType.Forbidden);
}

/** Whether there is something filled in; what it is, is checked later. */
function checkFilledIn({ approved = true, value }: ApproveRequest, { id, node }: Found<ApprovalNode>): void {
  const isGiven = value !== undefined && value !== null;
  if (isGiven && !approved) throw refusal(`"${id}": a refusal fills nothing in; say why with "reason"`);
  if (isGiven && node.form === null) throw refusal(`"${id}" asks for nothing to be filled in`);
}

/** @throws ApplicationFailure for an event that cannot count. */
function admitEvent(request: SendRequest, state: RunState): { id: string; slot: EventSlot } {
  const { id, node } = findAddressee(request.node, 'wait', state);
  const slot = state.inbox.slot(id, node);
  const objection = slot.objection();
  if (objection) throw refusal(`"${id}" ${objection}`, FailureType.Conflict);
  return { id, slot };
}

function checkApproveShape(request: ApproveRequest): void {
  checkShape(request, {
    node: 'text?',
    approved: 'boolean?',
    by: 'text?',
    role: 'text?',
    reason: 'text?',
    value: 'any',
    grant: 'token?',
  });
  if (request.by?.trim() === '') throw refusal('"by" must say who decides');
}

/** How long whoever sent something waits for workers that can check it, in milliseconds. */
const CHECK_MS = 60_000;

/** The value as the node's schema takes it. @throws ApplicationFailure that says what is wrong with it. */
async function checked(node: string, value: Json | undefined, { plan }: BeginResult, state: RunState): Promise<Quoted> {
  const input = { code: plan.code, schema: `node/${node}`, value: quote(value ?? null) };
  const room = state.budget.admit(sizeOf(input));
  if (room) await room;
  return askWorker(`what was sent to "${node}" was checked`, () => state.inbox.check(() => callCheck(input, CHECK_MS)));
}

async function hasBegun(state: RunState): Promise<BeginResult> {
  await CancellationScope.nonCancellable(() => condition(() => state.pinned !== null || state.refusal !== null));
  if (state.pinned) return state.pinned;
  throw refusal(`the run could not begin: ${state.refusal}`, FailureType.Conflict);
}
