import { workflowInfo } from '@temporalio/workflow';
import { isDeferred, type Quoted, resolveBinding } from '../../plan/binding.js';
import type { ChunkItemsResult, ChunkRef } from '../../plan/chunk.js';
import { FailureType } from '../../plan/failure.js';
import type { KeyedItem } from '../../plan/items.js';
import type { MapNode } from '../../plan/plan.js';
import type { Fault } from '../../plan/protocol.js';
import { nodesOf } from '../../plan/visit.js';
import { endIfStopped } from '../budget.js';
import { callChunkItems } from '../calls.js';
import { sizeOf } from '../fit-table.js';
import type { Frame } from '../frame.js';
import { badKey, notList, readItems } from '../read-items.js';
import type { Run } from '../run.js';
import { tryUntilDone } from '../try-until-done.js';

/** The items of a map that run in workflows of their own. */
export interface ChunkedItems {
  readonly chunks: readonly ChunkRef[];
}

export type MapItems = readonly KeyedItem[] | ChunkedItems;

export const isChunked = (items: MapItems): items is ChunkedItems => 'chunks' in items;

/** What a map runs over: few items, each with its key, or references to many. */
export function mapItems(node: MapNode, id: string, frame: Frame, run: Run): MapItems | Promise<MapItems> {
  const limit = mostItems(node, run);
  if (limit === null) return readItems(node, id, frame, run);
  const list = resolveBinding(node.over, frame);
  const isSmall = !isDeferred(list) && !(Array.isArray(list) && list.length > limit);
  return isSmall ? readItems(node, id, frame, run) : askForItems(node, id, list, limit, run);
}

/** A history beyond this leaves what is still to come to others, where it can. In events. */
const LONG_HISTORY = 8000;
const FEW_ITEMS = 10;

/**
 * Most items that run in this workflow; null where all do: in runs that began before there were chunks, and where people
 * are waited for, whose messages this workflow takes.
 */
function mostItems(node: MapNode, { pinned: { chunkItems } }: Run): number | null {
  if (chunkItems === undefined || nodesOf(node.body).some(({ kind }) => kind === 'approval' || kind === 'wait'))
    return null;
  return workflowInfo().historyLength > LONG_HISTORY ? Math.min(FEW_ITEMS, chunkItems) : chunkItems;
}

async function askForItems(node: MapNode, id: string, over: Quoted, inline: number, run: Run): Promise<MapItems> {
  const input = { over, key: node.key, inline, chunk: itemsPerChunk(node, run) };
  const bytes = sizeOf(input);
  if (bytes > MAX_LIST_BYTES) throw run.faults.refuse(tooLarge(id, bytes));
  const room = run.state.budget.admit(bytes);
  if (room) {
    await room;
    endIfStopped();
  }
  const found = await tryUntilDone(id, run, () => callChunkItems(input));
  const problem = problemOf(node, id, found);
  if (problem) throw run.faults.refuse(problem);
  return 'items' in found ? found.items : (found as ChunkedItems);
}

/** A list that is in the history travels to whoever cuts it; Temporal refuses inputs over 2 MB. */
const MAX_LIST_BYTES = 1_500_000;

/** Steps and other nodes that the history of a chunk has room for, by far. */
const NODES_PER_CHUNK = 2000;

/** An item counts for as many as its block has nodes. */
function itemsPerChunk({ body }: MapNode, { pinned: { chunkItems = 1 } }: Run): number {
  return Math.max(1, Math.min(chunkItems, Math.floor(NODES_PER_CHUNK / Math.max(1, nodesOf(body).length))));
}

function problemOf(node: MapNode, id: string, found: ChunkItemsResult): Fault | null {
  if ('notList' in found) return notList(id, node, found.notList);
  return 'badKey' in found ? badKey(id, node, found.badKey) : null;
}

function tooLarge(node: string, bytes: number): Fault {
  const message = `the list that map "${node}" runs over has ${bytes} bytes; at most ${MAX_LIST_BYTES} travel through a history`;
  const hint = 'Let a step make the list: what steps return may be of any size.';
  return { node, type: FailureType.InvalidValue, message, hint };
}
