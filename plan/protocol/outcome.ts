import type { Digest } from '../canonical.js';
import type { Json } from '../json.js';
import type { Answer, BeginInput } from './begin.js';
import type { Fault } from './fault.js';
import type { NodeStatus } from './status.js';

export const OUTCOMES = ['succeeded', 'rejected', 'failed', 'aborted', 'cancelled'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export type Phase = 'running' | 'held' | 'closed';

/** What a closed run returns to whoever started it, in its memo too. */
export interface RunResult {
  readonly outcome: Outcome;
  /** The pipeline's result, or the value it was rejected with. */
  readonly value: Json;
  readonly plan: Digest;
  /** All of them, or those that matter most where they are too many for a history. */
  readonly nodes: readonly NodeStatus[];
  /** How many more nodes the run had. Absent: none. */
  readonly omitted?: number;
}

/** How a run ended, as the nodes of `onExit` read it. */
export interface ExitInfo {
  readonly outcome: Outcome;
  readonly value: Json;
  readonly faults: readonly Fault[];
}

/** What a run that was reset had come to at that point. */
export interface FollowResetInput {
  readonly pipeline: string;
  readonly planHash: Digest;
  readonly params: Json;
  readonly nominalTime: string;
  readonly phase: Phase;
  readonly faults: readonly Fault[];
}

/** Keeps Postgres' projection of a run up to date. */
export interface RecordRunInput {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly value: Json;
  readonly faults: readonly Fault[];
  /** Of a run that closes, from engine 3 on: the nodes as its memo has them. */
  readonly nodes?: readonly NodeStatus[];
  /** How many more nodes it had. Absent: none. */
  readonly omitted?: number;
  /** What it was started with, for a run that ends before `begin` could record it. Absent: it has begun. */
  readonly notBegun?: BeginInput;
  /** What people and time have given its nodes so far. Absent: nothing. */
  readonly answers?: Readonly<Record<string, Answer>>;
}
