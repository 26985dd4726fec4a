import type { Binding } from '../binding.js';
import type { Digest } from '../canonical.js';
import type { RunKey, StepResult } from './steps.js';

/** Light steps that are called together, so that they cost a run no more than one. */
export interface LightBatch {
  readonly pipeline: string;
  readonly code: Digest;
  readonly nominalTime: string;
  /** As a {@link StepCall}'s. */
  readonly run?: RunKey;
  /** Independent of each other. */
  readonly chains: readonly LightChain[];
}

/** In the order in which they run: each may read the outputs of those before it. */
export type LightChain = readonly LightCall[];

export interface LightCall {
  /** Id in the run. */
  readonly node: string;
  /** Id in the plan, by which later calls of the chain refer to its output. */
  readonly name: string;
  readonly step: string;
  readonly input: Binding;
}

/**
 * What became of a light step in a batch. `unreached`: there was no time or room for it. `queue`: it has to go through
 * the queue, because it failed, rejected, or took too long.
 */
export type LightOutcome = Omit<StepResult, 'reused'> | 'unreached' | 'queue';

/** In the order of the batch's chains and their calls. */
export interface LightBatchResult {
  readonly chains: readonly (readonly LightOutcome[])[];
  /** Milliseconds that all of it took. */
  readonly ms: number;
}
