/**
 * Failure types that cross process borders. Code branches on these strings, never on `instanceof`:
 * an error that went through Temporal comes back as another class.
 */
export const FailureType = {
  /** The author's step threw; counts against the step's own retries. */
  StepFailed: 'StepFailed',
  /** A value did not match its schema at an edge. */
  InvalidValue: 'InvalidValue',
  /** Params did not match the pipeline's schema. */
  InvalidParams: 'InvalidParams',
  /** No run has this id. */
  UnknownRun: 'UnknownRun',
  /** What was asked for does not fit where things stand: closed already, at work already, decided already. */
  Conflict: 'Conflict',
  /** Whoever asks may not do this: the wrong role, name, token or signature. */
  Forbidden: 'Forbidden',
  /** A command was given something it cannot read. */
  InvalidInput: 'InvalidInput',
  /** A secret that a step needs is not in the worker's environment. */
  SecretMissing: 'SecretMissing',
  /** No published pipeline has this name. */
  UnknownPipeline: 'UnknownPipeline',
  /** This worker cannot load the run's code bundle (a package missing, or another version). */
  CodeMissing: 'CodeMissing',
  /** Postgres or the artifact store could not be reached or written. */
  StoreUnavailable: 'StoreUnavailable',
  /** The worker was stopped while it ran the step. */
  WorkerStopped: 'WorkerStopped',
  /** No device of the number that a step needs is on this worker. */
  DeviceMissing: 'DeviceMissing',
  /** A later attempt of the same node took over; this one must not commit. */
  Fenced: 'Fenced',
  /** An artifact's bytes do not match its digest, or it is gone. */
  ArtifactCorrupt: 'ArtifactCorrupt',
  /** Data could not be read: missing, truncated, wrong columns. */
  InvalidData: 'InvalidData',
  /** A model produced NaN or cannot be built. */
  InvalidModel: 'InvalidModel',
  /** The plan itself is malformed or of a newer format. */
  InvalidPlan: 'InvalidPlan',
  /** An operator ended a held run. */
  Aborted: 'Aborted',
  /** A bug in Pawl. */
  Internal: 'Internal',
} as const;

export type FailureType = (typeof FailureType)[keyof typeof FailureType];

export interface PawlErrorOptions {
  /** What the reader can do next, as one sentence. */
  readonly hint?: string;
  /** `false` when trying again cannot help (a wrong column will stay wrong). Default: `true`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of Pawl: what happened, and what to do next. */
export class PawlError extends Error {
  readonly type: FailureType;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(type: FailureType, message: string, options: PawlErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PawlError';
    this.type = type;
    this.hint = options.hint;
    this.retryable = options.retryable ?? true;
  }
}

/** True for a {@link PawlError} of another copy of this module too. */
export function isPawlError(error: unknown): error is PawlError {
  return error instanceof Error && error.name === 'PawlError' && 'type' in error;
}
