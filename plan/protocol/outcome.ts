import type { Digest } from '../canonical.js';
import type { Json } from '../json.js';
import type { Answer, BeginInput } from './begin.js';
import type { Fault } from './fault.js';
import type { Ask } from './people.js';
import type { NodeStatus } from './status.js';

export const OUTCOMES = ['succeeded', 'rejected', 'failed', 'aborted', 'cancelled'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/**
 * - `waiting`: for people, at an approval or for an event, whatever else is at work;
 * - `held`: for an operator, because of a fault, whatever it waits for beside.
 */
export const PHASES = ['running', 'waiting', 'held', 'closed'] as const;

export type Phase = (typeof PHASES)[number];

export type OpenPhase = Exclude<Phase, 'closed'>;

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
  readonly phase: OpenPhase;
  readonly faults: readonly Fault[];
  /** As in {@link RecordRunInput}. */
  readonly asks?: readonly Ask[];
}

/** Keeps Postgres' projection of a run up to date. */
export interface RecordRunInput {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly value: Json;
  readonly faults: readonly Fault[];
  /** What an open run asks of people, the longest first, as many as lists show. Absent: nothing. */
  readonly asks?: readonly Ask[];
  /** Of a run that closes, from engine 3 on: the nodes as its memo has them. */
  readonly nodes?: readonly NodeStatus[];
  /** How many more nodes it had. Absent: none. */
  readonly omitted?: number;
  /** What it was started with, for a run that ends before `begin` could record it. Absent: it has begun. */
  readonly notBegun?: BeginInput;
  /** What people and time have given its nodes so far. Absent: nothing. */
  readonly answers?: Readonly<Record<string, Answer>>;
}
