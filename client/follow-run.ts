import { setTimeout as pause } from 'node:timers/promises';
import {
  WorkflowFailedError,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { type Fault, type NodeStatus, type Outcome, RunMessage, type RunResult } from '../plan/protocol.js';
import { type OpenAttempt, openAttempts } from './attempts.js';
import { closingOf } from './closing.js';

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
  // What still asks when the connection is closed would try again on its own, and end the process by that.
  const stop = new AbortController();
  const ended = handle.client.connection.withAbortSignal(stop.signal, () => endOf(handle));
  return follow(handle, ended, options).finally(() => stop.abort());
}

async function follow(
  handle: WorkflowHandle,
  ended: ReturnType<typeof endOf>,
  options: FollowOptions,
): Promise<Followed> {
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

/** How a run ended, whatever its closing status. Waits for it; one that is reset is followed on. */
export async function endOf(handle: WorkflowHandle): Promise<Extract<Followed, { phase: 'closed' }>> {
  try {
    const { outcome, value } = (await handle.result()) as RunResult;
    return { phase: 'closed', outcome, value, faults: [] };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return endedBadly(handle);
  }
}

/** The result has been waited for of the run that a handle was made for; whatever else is asked goes to the latest one. */
async function endedBadly(handle: WorkflowHandle): Promise<Extract<Followed, { phase: 'closed' }>> {
  const { client, workflowId } = handle;
  const { firstExecutionRunId } = handle as Partial<WorkflowHandleWithFirstExecutionRunId>;
  const closing = await closingOf(firstExecutionRunId ? client.getHandle(workflowId, firstExecutionRunId) : handle);
  if (closing === null) return endOf(client.getHandle(workflowId));
  const { outcome, value, faults, resetTo } = closing;
  return resetTo === undefined
    ? { phase: 'closed', outcome, value, faults }
    : endOf(client.getHandle(workflowId, resetTo));
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
