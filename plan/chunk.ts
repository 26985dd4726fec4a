/**
 * What a run and the workflows of its large maps say to each other. All of it is recorded in histories, like the
 * messages in `protocol.ts`.
 */
import type { Path, Quoted } from './binding.js';
import type { Digest } from './canonical.js';
import type { HeldStep, Resumption } from './held.js';
import type { KeyedItem } from './items.js';
import type { Json } from './json.js';
import type { Plan } from './plan.js';
import type { BeginResult, Fault, NodeCode, RunKey } from './protocol.js';

/** Temporal workflow type of a part of a map. No pipeline can have this name. */
export const CHUNK_WORKFLOW = 'pawl.chunk';

/** Most items of a map that run in the run's own workflow, and about as many as run in each of the others. */
export const CHUNK_ITEMS = 200;

/** Signals between a run and its chunks. */
export const ChunkSignal = {
  /** A chunk asks what becomes of a fault. */
  ask: 'pawl.ask',
  answer: 'pawl.answer',
} as const;

/** Asks for the items of a map. */
export interface ChunkItemsInput {
  readonly over: Quoted;
  /** Where in an item its key is; null: the item itself. */
  readonly key: Path | null;
  /** At most so many items are answered as they are. */
  readonly inline: number;
  /** More are cut into chunks of so many, or somewhat more where there would be very many chunks. */
  readonly chunk: number;
}

export type ChunkItemsResult =
  /** It is no list; the text shows what it is. */
  | { readonly notList: string }
  | { readonly badKey: string }
  | { readonly items: readonly KeyedItem[] }
  | { readonly chunks: readonly ChunkRef[] };

/** Items of a chunk, kept as an artifact. */
export interface ChunkRef {
  readonly items: Digest;
  readonly count: number;
}

/** The values around a map that the nodes in it read. */
export interface OuterValues {
  readonly params: Quoted;
  /** Of nodes, by id. */
  readonly outputs: Readonly<Record<string, Quoted>>;
  /** Of enclosing nodes, by id. */
  readonly items: Readonly<Record<string, Quoted>>;
}

/** A value of the history, as it is or as an artifact that holds its notation. */
export type Kept<T extends Json = Json> = { readonly value: T } | { readonly kept: Digest };

/** The argument of a chunk's workflow. */
export interface ChunkInput {
  /** The run, in a chunk's own chunks; otherwise it is what started the workflow. */
  readonly run?: RunKey;
  /** All of what the run is pinned to but the plan itself, the params and what documents them. */
  readonly pinned: Pick<BeginResult, 'engine' | 'planHash' | 'nominalTime' | 'environment' | 'chunkItems' | 'from'>;
  /** Id of the map in the plan. */
  readonly map: string;
  /** Its id in the run. */
  readonly node: string;
  /** From 0. */
  readonly chunk: number;
  readonly items: Digest;
  readonly outer: Kept;
  /** Most items at work at a time. */
  readonly concurrency: number;
  /** How the steps begin that operators had decided about before the chunk was lost, by their ids in the run. */
  readonly restarts?: Readonly<Record<string, Restart>>;
}

/** How a step of an item begins in a chunk that begins again. */
export interface Restart {
  /** How often it was tried again; not at all where it was only given its output. */
  readonly times: number;
  /** Absent: the run's. */
  readonly code?: NodeCode;
}

export type BeginChunkInput = Pick<ChunkInput, 'map' | 'items' | 'outer'> & { readonly planHash: Digest };

export interface BeginChunkResult {
  /** Without the nodes that are not around the map. */
  readonly plan: Plan;
  readonly labels?: Readonly<Record<string, string>>;
  readonly items: readonly KeyedItem[];
  readonly outer: OuterValues;
}

/** Results of items, in their order. */
export type ChunkPart = Kept<readonly Quoted[]>;

export type ChunkResult =
  /** `failed`: how many items did, and were borne. */
  | { readonly outcome: 'done'; readonly parts: readonly ChunkPart[]; readonly failed: number }
  | { readonly outcome: 'rejected'; readonly value: Quoted }
  /** A fault that would come again. */
  | { readonly outcome: 'failed'; readonly fault: Fault };

/** A chunk's question. */
export interface ChunkAsk {
  /** Id of the map in the run. */
  readonly map: string;
  readonly chunk: number;
  /** Workflow id of the chunk. */
  readonly from: string;
  /** Number of the question, from 1. */
  readonly ask: number;
  readonly fault: Fault;
  /** The step that failed; without it nobody can give a value, or other code. */
  readonly step?: HeldStep;
  /** The item may fail by it, if enough others can succeed. */
  readonly mayFail: boolean;
  /** Trying again cannot help. */
  readonly final: boolean;
}

export interface ChunkAnswer {
  readonly ask: number;
  /** The item fails, and so many more of the chunk may. */
  readonly fails?: { readonly more: number };
  /** What an operator decided. */
  readonly decision?: Resumption;
}

export interface JoinChunksInput {
  readonly parts: readonly ChunkPart[];
}
