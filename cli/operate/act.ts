import type { WorkflowHandle } from '@temporalio/client';
import { signGrant } from '../../client/grants/sign-grant.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { JsonObject } from '../../plan/json.js';
import { type ApproveRequest, type NodeStatus, RunMessage, type WaitsForApproval } from '../../plan/protocol.js';
import type { RunRecord } from '../../store/index.js';
import { updateRun } from '../decide.js';
import { findRun } from '../find-run.js';
import { tableOf } from '../node-rows.js';
import type { Action, Operator } from './operators.js';
import type { OperateParts } from './parts.js';
import { Problem } from './problem.js';
import { shared } from './run-view.js';

export interface ActOptions {
  /** Id of the run. */
  readonly id: string;
  readonly action: Action;
  /** The request's body. */
  readonly body: JsonObject;
  /** Null: names are claims. */
  readonly operator: Operator | null;
  /** Sent twice with the same key, a request counts once. */
  readonly idempotencyKey: string | undefined;
}

/** How long a worker has for its answer, in milliseconds. */
const ANSWER_MS = 30_000;

/** Does to a run what an operator asks for, and gives the run's answer. */
export async function act(options: ActOptions, parts: OperateParts): Promise<{ run: string; answer: string }> {
  const { id, action, operator } = options;
  if (operator?.may && !operator.may.includes(action))
    throw new Problem(403, `${operator.name} may not ${action}`, 'The list of operators says who may do what.');
  const run = await findRun(id, parts.session);
  if (run.phase === 'closed')
    throw new PawlError(FailureType.Conflict, `run "${run.workflowId}" is closed already: ${run.outcome}`);
  const client = await parts.session.client();
  const handle = client.workflow.getHandle(run.workflowId, run.runId);
  const answer = await client.withDeadline(Date.now() + ANSWER_MS, () => send(handle, run, options, parts));
  return { run: run.workflowId, answer };
}

async function send(handle: WorkflowHandle, run: RunRecord, options: ActOptions, parts: OperateParts): Promise<string> {
  const { action, body, operator, idempotencyKey: key } = options;
  if (action === 'cancel') {
    if (Object.keys(body).length > 0) throw new Problem(400, 'cancel takes nothing', 'Send {} as the body.');
    await handle.cancel();
    return 'cancelling';
  }
  const named = action === 'send' ? body : withName(body, operator);
  const request = action === 'approve' ? await decisionOf(named, run, options, parts) : named;
  const updateId = key && `http/${operator?.name ?? ''}/${key}`;
  return updateRun(handle, RunMessage[action], request, updateId);
}

/** Nobody acts in another one's name. */
function withName(body: JsonObject, operator: Operator | null): JsonObject {
  if (!operator) return body;
  if (body.by !== undefined && body.by !== operator.name)
    throw new Problem(403, `you are ${operator.name}, and cannot act as another`, 'Leave "by" out.');
  return { ...body, by: operator.name };
}

async function decisionOf(
  body: JsonObject,
  run: RunRecord,
  { operator }: ActOptions,
  { key, session }: OperateParts,
): Promise<ApproveRequest> {
  const request = body as ApproveRequest;
  if (!operator) return request;
  const asked = askedAt(request.node, (await tableOf(run, session)) ?? []);
  const inRole = { ...request, ...roleOf(request, asked?.waitsFor.roles ?? [], operator) };
  if (!key || request.grant !== undefined) return inRole;
  return sign(inRole, asked?.node ?? request.node, run, key);
}

/** @returns the request with its grant; as it is where it is wrong, so that the run says why. */
async function sign(
  request: ApproveRequest,
  node: string | undefined,
  { workflowId, runId }: RunRecord,
  key: NonNullable<OperateParts['key']>,
): Promise<ApproveRequest> {
  const { by, role, reason, approved, value, ...others } = request;
  const texts = [by, role ?? '', reason ?? ''];
  if (node === undefined || !texts.every((text) => typeof text === 'string')) return request;
  const said = { by: by!, approved, ...(role !== undefined && { role }), ...(reason !== undefined && { reason }) };
  const decision = { run: workflowId, runId, node, ...said, ...(value !== undefined && { value }) };
  return { ...others, ...(await signGrant(decision, { key })) };
}

interface Asked {
  readonly node: string;
  readonly waitsFor: WaitsForApproval;
}

/** The approval that a request means: by its id, its last part, or as the only one that waits. */
function askedAt(node: unknown, table: readonly NodeStatus[]): Asked | undefined {
  const all = table.flatMap((each) =>
    each.waitsFor?.kind === 'approval' ? [{ node: each.node, waitsFor: each.waitsFor }] : [],
  );
  const exact = all.find((each) => each.node === node);
  const near = all.filter((each) => node === undefined || each.node.endsWith(`/${node}`));
  return exact ?? (near.length === 1 ? near[0] : undefined);
}

/** The role somebody decides in: what they say, if they have it; else the one that they have of those asked for. */
function roleOf({ role }: ApproveRequest, asked: readonly string[], operator: Operator): { role?: string } {
  if (role !== undefined) {
    if (operator.roles.includes(role)) return { role };
    throw new Problem(403, `${operator.name} has no role "${role}"`, `Yours: ${operator.roles.join(', ') || 'none'}.`);
  }
  const [first, ...more] = asked.length > 0 ? shared(asked, operator) : operator.roles;
  if (first === undefined && asked.length > 0)
    throw new Problem(
      403,
      `only ${asked.join(', ')} may decide there`,
      `You have: ${operator.roles.join(', ') || 'no role'}.`,
    );
  if (asked.length > 0 && more.length > 0)
    throw new Problem(
      400,
      'you may decide there in several roles',
      `Say which with "role": ${[first, ...more].join(', ')}.`,
    );
  return first !== undefined && more.length === 0 ? { role: first } : {};
}
