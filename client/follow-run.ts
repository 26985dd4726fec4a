import { setTimeout as pause } from 'node:timers/promises';
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { type Fault, type NodeStatus, type Outcome, RunMessage, type RunResult } from '../plan/protocol.js';
import { type OpenAttempt, openAttempts } from './attempts.js';

const POLL_MS = 400;
/** Retries are looked at less often: they only matter to a run that does not get on. */
const POLLS_PER_LOOK = 8;

/** Where following a run ended: it closed, or it waits for an operator. */
export type Followed =
  | {
      readonly phase: 'closed';
      readonly outcome: Outcome;
      readonly value: RunResult['value'];
      readonly faults: readonly Fault[];
    }
  | { readonly phase: 'held'; readonly faults: readonly Fault[] };

export interface FollowOptions {
  /** Called with every change of a node. */
  readonly onNode?: (node: NodeStatus) => void;
  /** Called when a step could not be done and waits to be tried again: once for each reason. */
  readonly onRetry?: (attempt: OpenAttempt) => void;
  /** Go on following while the run is held. Default: false. */
  readonly wait?: boolean;
}

/** Follows a run until it is closed or held. */
export async function followRun(handle: WorkflowHandle, options: FollowOptions = {}): Promise<Followed> {
  const ended = endOf(handle);
  const seen = new Map<string, string>();
  let closed: Followed | null = null;
  const remember = (end: Followed): void => {
    closed = end;
  };
  // What goes wrong is thrown by the race below.
  ended.then(remember, () => undefined);
  for (let poll = 1; !closed; poll += 1) {
    await Promise.race([ended, pause(POLL_MS)]);
    if (options.onRetry && !closed && poll % POLLS_PER_LOOK === 0) await reportRetries(handle, seen, options.onRetry);
    const table = closed && !options.onNode ? [] : await nodesOf(handle);
    report(table, seen, options.onNode);
    const faults = table.flatMap((node) => (node.state === 'held' && node.fault ? [node.fault] : []));
    if (!closed && faults.length > 0 && !options.wait) return { phase: 'held', faults };
  }
  return closed;
}

async function reportRetries(
  handle: WorkflowHandle,
  seen: Map<string, string>,
  onRetry: NonNullable<FollowOptions['onRetry']>,
): Promise<void> {
  for (const attempt of await openAttempts(handle)) {
    const key = `retry ${attempt.step}`;
    const reason = attempt.lastFailure?.message;
    if (reason === undefined || seen.get(key) === reason) continue;
    seen.set(key, reason);
    onRetry(attempt);
  }
}

/** How a run ended, whatever its closing status. Waits for it. */
export async function endOf(handle: WorkflowHandle): Promise<Extract<Followed, { phase: 'closed' }>> {
  try {
    const result = (await handle.result()) as RunResult;
    return { phase: 'closed', outcome: result.outcome, value: result.value, faults: [] };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    return endedBadly(handle, error);
  }
}

/** Runs that failed or were cancelled have no result; what they left is in the memo. */
async function endedBadly(handle: WorkflowHandle, error: unknown): Promise<Extract<Followed, { phase: 'closed' }>> {
  const { memo, status } = await handle.describe();
  const result = memo?.result as RunResult | undefined;
  const faults = result?.nodes.flatMap((node) => node.fault ?? []) ?? [];
  const outcome = (memo?.outcome as Outcome | undefined) ?? (status.name === 'CANCELLED' ? 'cancelled' : 'failed');
  // That a run was cancelled says its outcome; Temporal's own words for it say nothing more.
  if (outcome === 'cancelled') return { phase: 'closed', outcome, value: null, faults };
  // Who aborted a run and why is in no node.
  const unsaid = faults.length === 0 || outcome === 'aborted' ? [faultFrom(error)] : [];
  return { phase: 'closed', outcome, value: null, faults: [...faults, ...unsaid] };
}

function faultFrom(error: unknown): Fault {
  const cause = (error as { cause?: { type?: string; message?: string; details?: [Partial<Fault>?] } }).cause;
  const details = cause?.details?.[0];
  return {
    node: details?.node ?? '',
    type: cause?.type ?? 'Unknown',
    message: cause?.message ?? String(error),
    hint: details?.hint ?? null,
  };
}

/** The table of nodes; empty while no worker answers. */
async function nodesOf(handle: WorkflowHandle): Promise<readonly NodeStatus[]> {
  try {
    return await handle.query<readonly NodeStatus[]>(RunMessage.nodes);
  } catch {
    return [];
  }
}

function report(table: readonly NodeStatus[], seen: Map<string, string>, onNode: FollowOptions['onNode']): void {
  for (const node of table) {
    if (seen.get(node.node) === node.state) continue;
    seen.set(node.node, node.state);
    onNode?.(node);
  }
}
