/** What is wrong with one instance of a request. */
export interface InstanceProblem {
  /** Position in `instances`, from 0. */
  readonly instance: number;
  /** Empty when the instance is not an object of columns at all. */
  readonly column: string;
  /** The rule it breaks, for example `at most 1440`. */
  readonly rule: string;
  /** A sentence with what came instead. */
  readonly message: string;
}

export type ErrorStatus = 400 | 404 | 413 | 500 | 503;

/** A request that cannot be answered: its HTTP status, and the sentence the client reads. */
export class RequestError extends Error {
  constructor(
    readonly status: ErrorStatus,
    message: string,
    /** For a program: the same problems, one by one. */
    readonly problems: readonly InstanceProblem[] = [],
  ) {
    super(message);
    this.name = 'RequestError';
  }
}
