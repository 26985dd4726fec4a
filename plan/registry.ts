import type { Artifact } from './artifact.js';
import type { Json } from './json.js';

/** One trained model under a registered name. */
export interface ModelVersion {
  readonly name: string;
  /** From 1, without gaps. */
  readonly version: number;
  /** The model as its training step returned it. */
  readonly model: Json;
  /** The run that trained it. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface RegisterOptions {
  readonly name: string;
  readonly model: Json;
  /** What the gate saw, kept with the version. */
  readonly report: Json;
  /** Idempotency key: the same key gives the same version. */
  readonly key: string;
  readonly run: string;
}

export interface PromoteOptions {
  readonly name: string;
  readonly version: number;
  /** The champion the gate judged against; `null` when there was none. */
  readonly expected: number | null;
  /** Idempotency key: the same key gives the same answer. */
  readonly key: string;
  readonly run: string;
}

/** `moved: false`: somebody else's model became champion after the gate judged; nothing was changed. */
export interface Promotion {
  readonly moved: boolean;
  /** The champion after the call. */
  readonly champion: number | null;
}

/** Model versions and which of them is champion, with an append-only log of every change. */
export interface ModelRegistry {
  register(options: RegisterOptions): Promise<ModelVersion>;
  /** Compares and sets: makes a version champion only if the champion still is the expected one. */
  promote(options: PromoteOptions): Promise<Promotion>;
  champion(name: string): Promise<ModelVersion | null>;
  version(name: string, version: number): Promise<ModelVersion | null>;
}

/** Progress that must outlive its attempt. Kept by run and node, so a later attempt finds it. */
export interface Checkpoints {
  latest(): Promise<Checkpoint | null>;
  /** Replaces the latest. @throws PawlError `Fenced` when a later attempt has taken over. */
  save(checkpoint: Checkpoint): Promise<void>;
}

export interface Checkpoint {
  /** Position, growing: for training, epochs finished. */
  readonly step: number;
  readonly artifact: Artifact;
}
