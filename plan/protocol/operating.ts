import type { Binding, Quoted } from '../binding.js';
import type { Json } from '../json.js';
import type { NodeCode, StepTask } from './steps.js';

/** Asks for the current code of steps of a run. */
export interface CurrentCodeInput {
  readonly pipeline: string;
  readonly steps: readonly PlacedStep[];
}

/** A step as the run's own plan has it: what the current plan must agree with. */
export interface PlacedStep {
  /** In the plan, without keys of items. */
  readonly id: string;
  readonly step: string;
  readonly input: Binding;
  /** Ids of the nodes it is inside of, the outermost first. */
  readonly around: readonly string[];
}

/** In the order in which the steps were asked for. */
export interface CurrentCode {
  readonly steps: readonly NodeCode[];
}

/** A value that stands for a step's output, checked by the step's own schema before it counts. */
export interface GiveInput {
  /** The step as its last attempt was sent to a worker. */
  readonly task: StepTask;
  readonly value: Quoted;
  readonly given: Given;
}

/** Who gave a node its output, and why. */
export interface Given {
  /** Who says so; Temporal does not prove it. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What people should hear of although nobody looks. */
export interface Alert {
  readonly kind: 'escalated';
  readonly node: string;
  /** One sentence. */
  readonly text: string;
  /** Whom it concerns. Absent: everybody. */
  readonly roles?: readonly string[];
}

/** Which code a held step is tried again with: what it has had, or what its pipeline's current plan has for it. */
export const CODE_CHOICES = ['pinned', 'current'] as const;

export type CodeChoice = (typeof CODE_CHOICES)[number];

/** Input of the Update `retry`. */
export interface RetryRequest {
  /** Default: every held node. */
  readonly node?: string;
  /** Default: `pinned`. */
  readonly code?: CodeChoice;
  readonly by?: string;
  readonly reason?: string;
}

/** Input of the Update `skip`. */
export interface SkipRequest {
  /** A held step. Default: the one that is held. */
  readonly node?: string;
  /** What stands for its output; checked by the step's output schema. */
  readonly value: Json;
  readonly by?: string;
  readonly reason?: string;
}

/** Input of the Update `abort`. */
export interface AbortRequest {
  readonly by?: string;
  readonly reason?: string;
}
