import type { Context } from 'hono';
import { FailureType, isPawlError } from '../../plan/failure.js';

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 500 | 503;

/** A request that is not done: its status, what happened, and what to do next. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: ProblemStatus,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

const STATUS: Partial<Record<FailureType, ProblemStatus>> = {
  InvalidInput: 400,
  InvalidValue: 400,
  Forbidden: 403,
  UnknownRun: 404,
  Conflict: 409,
  Aborted: 409,
  CodeMissing: 503,
  StoreUnavailable: 503,
};

/** Says what went wrong, as JSON. What nobody expected is said to the log alone. */
export function answerProblem(error: Error, c: Context, log: (line: string) => void): Response {
  if (error instanceof Problem) {
    if (error.status === 401) c.header('www-authenticate', 'Bearer');
    if (error.status === 413) c.header('connection', 'close');
    return c.json({ error: error.message, hint: error.hint }, error.status);
  }
  if (isPawlError(error)) {
    const { type, message, hint } = error;
    return c.json({ error: message, ...(hint && { hint }), type }, STATUS[type as FailureType] ?? 500);
  }
  if (error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return c.json(NO_ANSWER, 503);
  log(`${c.req.method} failed: ${error.stack ?? error.message}`);
  return c.json({ error: 'the server failed', hint: 'Its log says why.', type: FailureType.Internal }, 500);
}

const NO_ANSWER = {
  error: 'no worker has answered in time',
  hint: 'What was sent may still count: look at the run, or send it again with the same idempotency-key.',
  type: FailureType.StoreUnavailable,
};
