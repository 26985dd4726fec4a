import { isJsonObject } from '../plan/json.js';
import { type Fault, type Given, type NodeStatus, RunMessage, type RunResult } from '../plan/protocol.js';
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

/** What is shown of a node: its id, state, failures, time, and where its output or its code came from. */
export type NodeRow = readonly [node: string, state: string, failures: string, took: string, from: string];

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
  // What came of a node is what its last generation says.
  const others = [...entries.values()]
    .filter((entry) => !inTable.has(entry.node) && !isCounted(entry, run, table))
    .map((entry) => journalRow(entry, run));
  return [...fromTable, ...others];
}

/** The items of a large map have one line together, unless something is wrong with one of them, or it ran other code. */
function isCounted(entry: JournalEntry, run: RunRecord, table: readonly NodeStatus[] | null): boolean {
  const { node, state } = entry;
  if (state !== 'committed' || codeOf(entry, run)) return false;
  return (table ?? []).some((each) => each.progress !== undefined && node.startsWith(`${each.node}[`));
}

function tableRow({ node, state, ms, progress }: NodeStatus): NodeRow {
  const items = progress ? `${progress.done} of ${progress.of} items` : '';
  return [node, state === 'running' ? 'at work' : state, '', ms ? `${(ms / 1000).toFixed(1)} s` : '', items];
}

function journalRow(entry: JournalEntry, run: RunRecord, status?: NodeStatus): NodeRow {
  const took = tookOf({ startedAt: entry.startedAt, closedAt: entry.committedAt });
  return [entry.node, stateOf(entry, run, status), String(entry.failures), took, fromOf(entry, run)];
}

function stateOf(node: JournalEntry, run: RunRecord, status: NodeStatus | undefined): string {
  if (node.state === 'committed') return committedState(node);
  const faults = (run.error ?? []) as unknown as readonly Fault[];
  if (faults.some((fault) => fault.node === node.node)) return run.phase === 'held' ? 'held' : 'failed';
  if (status?.state === 'waiting') return 'waiting';
  return run.phase === 'closed' ? 'stopped' : 'at work';
}

function committedState(node: JournalEntry): string {
  if (givenOf(node)) return 'given';
  return node.reusedFrom ? 'reused' : 'done';
}

/** Who gave a node its output; null for one that came to it itself. */
export function givenOf({ note }: JournalEntry): Given | null {
  if (!isJsonObject(note) || !isJsonObject(note.given ?? null)) return null;
  return note.given as unknown as Given;
}

/** Whose code ran, where it is not the run's, and where the output came from. */
function fromOf(entry: JournalEntry, run: RunRecord): string {
  const given = givenOf(entry);
  if (given) return `by ${given.by}${given.reason ? `: ${given.reason}` : ''}`;
  const code = codeOf(entry, run);
  return [...(code ? [code] : []), ...(entry.cacheReason ? [entry.cacheReason] : [])].join('; ');
}

/** What is said of a node that ran with other code than the run's; undefined for the others. */
export function codeOf({ planHash }: JournalEntry, run: Pick<RunRecord, 'planHash'>): string | undefined {
  if (run.planHash === null || planHash === run.planHash) return undefined;
  return `code from plan ${planHash.slice(0, 'sha256:'.length + 12)} at an operator's retry`;
}
