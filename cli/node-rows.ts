import { type Fault, type NodeStatus, RunMessage, type RunResult } from '../plan/protocol.js';
import type { JournalEntry, RunRecord } from '../store/index.js';
import type { Session } from './session.js';
import { tookOf } from './took.js';

/** How long a worker has for its answer, in milliseconds. */
const ANSWER_MS = 3000;

/**
 * The table of nodes as the run itself keeps it: of an open run its worker's answer, of a closed one what was recorded
 * at its end. Null when nobody answers, or nothing was recorded.
 */
export async function tableOf(run: RunRecord, session: Session): Promise<readonly NodeStatus[] | null> {
  if (run.phase === 'closed') return closedTable(run, session);
  try {
    const client = await session.client();
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    return await client.withDeadline(Date.now() + ANSWER_MS, () =>
      handle.query<readonly NodeStatus[]>(RunMessage.nodes),
    );
  } catch {
    return null;
  }
}

/** Runs of older engines have it in their memo alone, which Temporal keeps as long as their histories. */
async function closedTable(run: RunRecord, session: Session): Promise<readonly NodeStatus[] | null> {
  const recorded = await (await session.store()).runs.table(run.runId);
  if (recorded) return recorded.nodes;
  try {
    const client = await session.client();
    const { memo } = await client.workflow.getHandle(run.workflowId, run.runId).describe();
    return (memo?.result as RunResult | undefined)?.nodes ?? null;
  } catch {
    return null;
  }
}

/** What is shown of a node: its id, state, failures, time, and why it was reused or not. */
export type NodeRow = readonly [node: string, state: string, failures: string, took: string, reuse: string];

/** A row for each node: those of the journal, and the light steps and control nodes that only the run's table has. */
export function nodeRows(
  run: RunRecord,
  journal: readonly JournalEntry[],
  table: readonly NodeStatus[] | null,
): readonly NodeRow[] {
  const entries = new Map(journal.map((entry) => [entry.node, entry]));
  const inTable = new Set((table ?? []).map(({ node }) => node));
  const fromTable = (table ?? []).map((status) => {
    const entry = entries.get(status.node);
    return entry ? journalRow(entry, run, status) : tableRow(status);
  });
  const others = journal.filter(({ node }) => !inTable.has(node)).map((entry) => journalRow(entry, run));
  return [...fromTable, ...others];
}

function tableRow({ node, state, ms }: NodeStatus): NodeRow {
  return [node, state === 'running' ? 'at work' : state, '', ms ? `${(ms / 1000).toFixed(1)} s` : '', ''];
}

function journalRow(entry: JournalEntry, run: RunRecord, status?: NodeStatus): NodeRow {
  const took = tookOf({ startedAt: entry.startedAt, closedAt: entry.committedAt });
  const state = status?.state === 'waiting' ? 'waiting' : stateOf(entry, run);
  return [entry.node, state, String(entry.failures), took, entry.cacheReason ?? ''];
}

function stateOf(node: JournalEntry, run: RunRecord): string {
  if (node.state === 'committed') return node.reusedFrom ? 'reused' : 'done';
  const faults = (run.error ?? []) as unknown as readonly Fault[];
  if (faults.some((fault) => fault.node === node.node)) return run.phase === 'held' ? 'held' : 'failed';
  return run.phase === 'closed' ? 'stopped' : 'at work';
}
