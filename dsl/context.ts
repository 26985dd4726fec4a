import type { Artifact, ArtifactStore } from '../plan/artifact.js';
import type { Json } from '../plan/json.js';
import type { Checkpoints, ModelRegistry } from '../plan/registry.js';

/** What a step's function knows about its run and may use beside its input. */
export interface StepContext {
  readonly run: RunInfo;
  /** Id of this node, unique in the run. */
  readonly node: string;
  /** Idempotency key for effects outside of Pawl: the same for every attempt of this node. */
  readonly key: string;
  /** Seed for anything random: the same for this node in every run. A 31-bit unsigned integer. */
  readonly seed: number;
  /** Aborted when the run is cancelled or another attempt took over: stop soon. */
  readonly signal: AbortSignal;
  readonly log: StepLog;
  readonly artifacts: ArtifactStore;
  readonly checkpoints: Checkpoints;
  readonly registry: ModelRegistry;
  /** An empty folder of this attempt's own, removed after it. */
  readonly scratch: string;
  /**
   * The GPUs that are this attempt's alone, as `CUDA_VISIBLE_DEVICES` takes them: pass them on to a program that is to
   * use them. Absent: the step asks for none, or its worker has found none.
   */
  readonly devices?: readonly string[];
  /** Shows where the work stands, in the Temporal UI and in `pawl show`. */
  progress(progress: Progress): void;
  /** What a node put out in the latest earlier run (by nominal time) of this pipeline in which it finished, else `null`. Default node: this one. */
  previous(node?: string): Promise<PreviousOutput | null>;
  /** Ends the run with the outcome `rejected`: a bad outcome, not a fault. */
  reject(reason: string, details: Json): never;
}

export interface RunInfo {
  /** Temporal's workflow id. */
  readonly id: string;
  /** Temporal's run id. */
  readonly runId: string;
  readonly pipeline: string;
  /** The time the run is for: a schedule's firing time, else the start. ISO 8601, UTC. */
  readonly nominalTime: string;
  /** Name of the environment it runs in, as `dev` or `prod`. */
  readonly environment: string;
}

export interface PreviousOutput {
  readonly run: string;
  readonly output: Json;
}

export interface Progress {
  readonly message: string;
  /** 0 to 1. */
  readonly fraction?: number;
  readonly [detail: string]: Json | undefined;
}

export interface StepLog {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export type { Artifact };
