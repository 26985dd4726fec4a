import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { Quoted } from '../../plan/binding.js';
import { digestOf } from '../../plan/canonical.js';
import {
  CHUNK_WORKFLOW,
  type ChunkInput,
  type ChunkPart,
  type ChunkRef,
  type ChunkResult,
  type Kept,
} from '../../plan/chunk.js';
import type { MapNode } from '../../plan/plan.js';
import { REUSE_MEMO } from '../../plan/protocol.js';
import { endIfStopped } from '../budget.js';
import { callJoinChunks } from '../calls.js';
import { RunRejected } from '../ending.js';
import { faultOf } from '../fault.js';
import { sizeOf } from '../fit-table.js';
import type { Frame } from '../frame.js';
import { allowedFailures } from '../min-success.js';
import type { Run } from '../run.js';
import { runLimited } from '../run-limited.js';
import { summaryOf } from '../summary.js';
import { tryUntilDone } from '../try-until-done.js';
import { ChunkDesk } from './chunk-desk.js';
import { outerValues } from './outer-values.js';

export interface RunChunksOptions {
  readonly node: MapNode;
  /** Its id in the run. */
  readonly id: string;
  readonly chunks: readonly ChunkRef[];
  readonly frame: Frame;
  readonly run: Run;
}

/** What all chunks of a map share. */
interface Chunked extends RunChunksOptions {
  readonly desk: ChunkDesk;
  readonly outer: Kept;
  /** Begins the workflow ids of the chunks. */
  readonly prefix: string;
  /** How many items each lane of chunks may have at work. */
  readonly shares: readonly number[];
}

/**
 * Runs the items of a map in workflows of their own, some of these at a time, and gives one list of all results: neither
 * the run's history nor any other grows with the number of items.
 */
export async function runChunks(options: RunChunksOptions): Promise<Quoted> {
  const { node, id, chunks, frame, run } = options;
  const count = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
  const allowed = allowedFailures(node, id, count, run);
  const outer = await outerValues(node, id, frame, run);
  const desk = new ChunkDesk({ id, count, allowed, run });
  const shares = sharesOf(node.concurrency, chunks);
  const chunked: Chunked = { ...options, desk, outer, shares, prefix: prefixOf(id) };
  const parts: (readonly ChunkPart[])[] = new Array(chunks.length);
  const work = async (index: number, lane: number): Promise<void> => {
    try {
      parts[index] = await runToItsEnd(chunked, index, lane);
    } catch (error) {
      if (!run.stop.stopped) run.stop.because(error);
      throw error;
    }
  };
  await runLimited({ count: chunks.length, limit: shares.length, run, work });
  desk.leave();
  return join(parts.flat(), id, run);
}

/**
 * So many chunks at a time that together they have `concurrency` items at work: several, so that the others go on while
 * one has only its last items left, and no more than that takes.
 */
function sharesOf(concurrency: number, chunks: readonly ChunkRef[]): readonly number[] {
  const largest = Math.max(...chunks.map(({ count }) => count));
  const lanes = Math.min(chunks.length, concurrency, Math.max(SIDE_BY_SIDE, Math.ceil(concurrency / largest)));
  return Array.from({ length: lanes }, (_, lane) => Math.floor((concurrency + lane) / lanes));
}

const SIDE_BY_SIDE = 4;

/** Differs between runs of the same workflow id. */
function prefixOf(id: string): string {
  const name = id.length <= MAX_NAME ? id : digestOf(id).slice('sha256:'.length, 'sha256:'.length + 16);
  return `${workflowInfo().workflowId}/${name}/${uuid4().slice(0, 8)}`;
}

/** Workflow ids have 1000 characters at most. */
const MAX_NAME = 100;

/** A chunk that was lost (its workflow terminated, or met a bug) holds the run, and begins again after a retry. */
async function runToItsEnd(chunked: Chunked, index: number, lane: number): Promise<readonly ChunkPart[]> {
  const { id, run, desk, chunks } = chunked;
  for (let attempt = 0; ; attempt += 1) {
    let result: ChunkResult;
    try {
      result = await runOnce(chunked, index, lane, attempt);
    } catch (error) {
      const ends = isCancellation(error) && (run.stop.stopped || run.stop.cancelled);
      if (!ends) desk.forget(index);
      desk.close(index);
      if (ends) throw error;
      // The run was reset, and the chunk that it had started there has not been ended yet.
      if (error instanceof WorkflowExecutionAlreadyStartedError) continue;
      await run.faults.hold(faultOf(`${id}/chunk-${index + 1}`, error));
      run.state.forget(`${id}/chunk-${index + 1}`);
      continue;
    }
    desk.close(index, result.outcome === 'done' ? { count: chunks[index]!.count, failed: result.failed } : undefined);
    if (result.outcome === 'done') return result.parts;
    throw result.outcome === 'rejected' ? new RunRejected(result.value) : run.faults.refuse(result.fault);
  }
}

async function runOnce(chunked: Chunked, index: number, lane: number, attempt: number): Promise<ChunkResult> {
  const { run, desk, prefix } = chunked;
  const workflowId = `${prefix}/${String(index + 1).padStart(4, '0')}${attempt === 0 ? '' : `-${attempt}`}`;
  desk.open(index, workflowId);
  const input = inputOf(chunked, index, lane);
  const room = run.state.budget.admit(sizeOf(input));
  if (room) {
    await room;
    endIfStopped();
  }
  const handle = await startChild(CHUNK_WORKFLOW, {
    workflowId,
    args: [input],
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.TERMINATE,
    staticSummary: summaryOf(titleOf(chunked, index)),
    ...memoOf(),
  });
  return (await handle.result()) as ChunkResult;
}

function inputOf({ node, id, chunks, outer, run, shares, desk }: Chunked, index: number, lane: number): ChunkInput {
  const restarts = desk.restartsIn(index);
  const { engine, planHash, nominalTime, environment, chunkItems, from } = run.pinned;
  return {
    ...(run.of && { run: run.of }),
    // Maps with nodes that people answer are not cut.
    pinned: { engine, planHash, nominalTime, environment, chunkItems, ...(from && { from: { ...from, answers: {} } }) },
    map: node.id,
    node: id,
    chunk: index,
    items: chunks[index]!.items,
    outer,
    concurrency: shares[lane]!,
    ...(Object.keys(restarts).length > 0 && { restarts }),
  };
}

/** How the run was started says how all of its steps use earlier outputs. */
function memoOf(): { readonly memo?: Record<string, unknown> } {
  const reuse = workflowInfo().memo?.[REUSE_MEMO];
  return reuse === undefined ? {} : { memo: { [REUSE_MEMO]: reuse } };
}

function titleOf({ id, chunks }: Chunked, index: number): string {
  const first = chunks.slice(0, index).reduce((sum, { count }) => sum + count, 0);
  return `items ${first + 1} to ${first + chunks[index]!.count} of ${id}`;
}

async function join(parts: readonly ChunkPart[], id: string, run: Run): Promise<Quoted> {
  await run.state.budget.admit(sizeOf(parts));
  return tryUntilDone(id, run, () => callJoinChunks({ parts }));
}
