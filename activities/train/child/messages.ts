import type { Progress } from '../../../dsl/context.js';
import type { FailureType } from '../../../plan/failure.js';
import type { Json } from '../../../plan/json.js';

/** What a parent tells its child. */
export type ParentMessage =
  | { readonly kind: 'start'; readonly task: string; readonly input: Json }
  /** The checkpoint sent last is safe. */
  | { readonly kind: 'saved' };

/** What a child tells its parent. */
export type ChildMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly folder: string }
  | { readonly kind: 'done'; readonly result: Json }
  | { readonly kind: 'failed'; readonly failure: ChildFailure };

/** An error, as it crosses from the child to its parent. */
export interface ChildFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly stack: string | undefined;
}

/** What a task may tell while it works. */
export interface TaskPort {
  progress(progress: Progress): void;
  /** Hands a finished checkpoint over, once the one before is safe. */
  checkpoint(step: number, folder: string): Promise<void>;
}

/** Work for a child process: input and result are JSON. */
export type Task = (input: Json, port: TaskPort) => Promise<Json>;
