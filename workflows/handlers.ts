import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { type NodeStatus, RunMessage } from '../plan/protocol.js';
import { fitTable } from './fit-table.js';
import { registerPeopleHandlers } from './people-handlers.js';
import type { RunState } from './run-state.js';

export interface RetryRequest {
  /** Default: every held node. */
  readonly node?: string;
}

export interface AbortRequest {
  readonly reason?: string;
}

const retryUpdate = defineUpdate<string, [RetryRequest | undefined]>(RunMessage.retry);
const abortUpdate = defineUpdate<string, [AbortRequest | undefined]>(RunMessage.abort);
const nodesQuery = defineQuery<readonly NodeStatus[]>(RunMessage.nodes);

/** Temporal refuses answers over 2 MB. */
const MAX_ANSWER_BYTES = 1_500_000;

/** Registers everything a run answers. Must happen before the first `await`, or early messages are refused. */
export function registerHandlers(state: RunState): void {
  setHandler(nodesQuery, () => fitTable(state.table(), MAX_ANSWER_BYTES).nodes, {
    description: 'The nodes of this run and their states',
  });
  setHandler(retryUpdate, (request) => retry(state, request ?? {}), {
    description: 'Try a held node again. Input: {"node": "train"}, or nothing for every held node',
    validator: (request) => mustBeHeld(state, request?.node),
  });
  setHandler(abortUpdate, (request) => abort(state, request ?? {}), {
    description: 'End a held run as aborted. Input: {"reason": "…"}',
    validator: (_request) => mustBeHeld(state),
  });
  registerPeopleHandlers(state);
}

function retry(state: RunState, request: RetryRequest): string {
  const nodes = request.node ? [request.node] : state.faults().map((fault) => fault.node);
  for (const node of nodes) state.decide(node, 'retry', '');
  return `retrying ${nodes.join(', ')}`;
}

function abort(state: RunState, request: AbortRequest): string {
  for (const fault of state.faults()) state.decide(fault.node, 'abort', request.reason ?? 'no reason given');
  return 'aborting';
}

function mustBeHeld(state: RunState, node?: string): void {
  const held = state.faults().map((fault) => fault.node);
  if (held.length === 0) throw new Error('the run is not held: there is nothing to decide');
  if (node !== undefined && !held.includes(node))
    throw new Error(`node "${node}" is not held; held: ${held.join(', ')}`);
}
