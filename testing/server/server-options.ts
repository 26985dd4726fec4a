import type { JsonLike, TestDecision } from '../run/options.js';
import type { Stub } from '../stub.js';

export interface TestServerOptions {
  /**
   * Time passes at once while nothing is at work: days of `sleep`, what expires, the pauses between attempts. It needs a
   * Temporal server of its own version, see the error when there is none. `false`: the server of the embedded stack,
   * where time takes its time. Default: true.
   */
  readonly skipTime?: boolean;
  /** Takes progress lines. Default: they are dropped. */
  readonly log?: (line: string) => void;
}

export interface ServerRunOptions {
  /** Steps that are replaced, each made by `stub`. Default: none. */
  readonly stubs?: readonly Stub[];
  /** What is decided at each `approval`, by node id, as early as can be. Default: nobody comes. */
  readonly approvals?: Readonly<Record<string, ServerDecision | readonly ServerDecision[]>>;
  /** What each `waitFor` is sent, by its name. Default: nothing. */
  readonly events?: Readonly<Record<string, JsonLike>>;
  /** `off`: nothing is taken over from earlier runs; `refresh`: nothing is, and all is offered. Default: as each step says. */
  readonly reuse?: 'off' | 'refresh';
}

/** What somebody decides at an `approval`, before the run comes to it. */
export type ServerDecision = Omit<TestDecision, 'after'>;
