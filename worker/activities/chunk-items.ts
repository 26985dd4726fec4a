import { isDeferred, type Quoted, valueAt } from '../../plan/binding.js';
import type { ChunkItemsInput, ChunkItemsResult, ChunkRef } from '../../plan/chunk.js';
import { type KeyedItem, keyProblem } from '../../plan/items.js';
import type { Json } from '../../plan/json.js';
import type { WorkerParts } from '../parts.js';
import { settleValue, unquoteSettled } from '../reuse/settle-value.js';
import { readDeferred } from '../steps/values.js';

/** A larger item is an artifact of its own. In bytes. */
const ITEM_BYTES = 16 * 1024;
/** What the history of a chunk takes of its items. In bytes. */
const CHUNK_BYTES = 256 * 1024;
/** A run answers for this many chunks at most, so those of a very long list are larger. */
const MOST_CHUNKS = 500;
/** What the history of a run takes of a list. In bytes. */
const INLINE_BYTES = 256 * 1024;
/** Artifacts written at a time. */
const WRITERS = 8;

/** Reads the list of a map, gives each item its key, and keeps a long list in chunks. */
export async function chunkItems(input: ChunkItemsInput, parts: WorkerParts): Promise<ChunkItemsResult> {
  const list = await readDeferred(input.over, parts.store.artifacts);
  if (!Array.isArray(list)) return { notList: JSON.stringify(list).slice(0, 100) };
  const keys = await keysOf(list, input, parts);
  const problem = keyProblem(keys);
  if (problem !== null) return { badKey: problem };
  const items = list.map((item: Quoted, index): KeyedItem => ({ key: String(keys[index]), item }));
  if (items.length <= input.inline && bytesOf(items) <= INLINE_BYTES) return { items };
  const small = await inOrder(items, (item) => withoutLarge(item, parts));
  const per = Math.max(input.chunk, Math.ceil(items.length / MOST_CHUNKS));
  return { chunks: await inOrder(cut(small, per), (chunk) => keepChunk(chunk, parts)) };
}

async function keysOf(list: readonly Quoted[], { key }: ChunkItemsInput, { store }: WorkerParts): Promise<Json[]> {
  const keys = list.map((item) => valueAt(item, key ?? []));
  const settled = keys.some(isDeferred) ? await inOrder(keys, (value) => settleValue(value, store.artifacts)) : keys;
  return settled.map(unquoteSettled);
}

/** Only plain values can be kept apart: what stands in the others' place is small. */
async function withoutLarge(keyed: KeyedItem, { store }: WorkerParts): Promise<KeyedItem> {
  const text = JSON.stringify(keyed.item);
  if (Buffer.byteLength(text) <= ITEM_BYTES || text.includes('"$')) return keyed;
  const { digest, bytes } = await store.artifacts.putJson(keyed.item);
  return { key: keyed.key, item: { $spill: digest, bytes, path: [] } };
}

function cut(items: readonly KeyedItem[], most: number): readonly (readonly KeyedItem[])[] {
  const chunks: KeyedItem[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = bytesOf(item);
    if (bytes + size > CHUNK_BYTES || chunks.at(-1)!.length === most) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(item);
    bytes += size;
  }
  return chunks;
}

async function keepChunk(items: readonly KeyedItem[], { store }: WorkerParts): Promise<ChunkRef> {
  const { digest } = await store.artifacts.putJson(items as unknown as Json);
  return { items: digest, count: items.length };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Some at a time; the results are in the order of what they are made of. */
async function inOrder<T, R>(all: readonly T[], make: (one: T) => Promise<R>): Promise<R[]> {
  const made: R[] = new Array(all.length);
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < all.length) {
      const index = next++;
      made[index] = await make(all[index]!);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return made;
}
