import type { WorkflowHandle } from '@temporalio/client';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import {
  type AbortRequest,
  ActivityName,
  type ApproveRequest,
  type Fault,
  type NodeStatus,
  type RetryRequest,
  RunMessage,
  type SendRequest,
  type SkipRequest,
} from '../plan/protocol.js';
import { translateErrors } from './errors.js';
import { endOf, type Followed } from './follow-run.js';

/** How a run of a pipeline ended. */
export type RunEnd<Result> =
  | { readonly outcome: 'succeeded'; readonly value: Result }
  /** What it was rejected with may be any JSON. */
  | { readonly outcome: 'rejected'; readonly value: Json }
  | { readonly outcome: 'failed' | 'aborted' | 'cancelled'; readonly faults: readonly Fault[] };

/** A run, and what may be asked of it. Every method throws PawlError `UnknownRun` when there is no such run. */
export interface PipelineRun<Result> {
  readonly id: string;
  /**
   * Waits for the end, however long it takes: a held run waits for an operator.
   * @throws PawlError `InvalidParams` or `UnknownPipeline` when nothing was run, `InvalidValue` for a result of over
   *   512 KB, which does not travel as a whole.
   */
  result(): Promise<RunEnd<Result>>;
  /** The nodes and their states, as far as the run has got. Needs a worker. */
  nodes(): Promise<readonly NodeStatus[]>;
  /** Stops it: its steps end, then it closes as cancelled. */
  cancel(): Promise<void>;
  /**
   * Tries held nodes again: one, or all of them. `code: 'current'` runs it with the code that its pipeline has now.
   * @throws PawlError `Conflict` when it is not held, or cannot run with the current code.
   */
  retry(request?: RetryRequest): Promise<void>;
  /**
   * Gives a held step its output, so that the run goes on without it.
   * @throws PawlError `Conflict` when it is not held, `InvalidValue` for what its output schema does not take.
   */
  skip(request: SkipRequest): Promise<void>;
  /** Ends the run as aborted, held or not. @throws PawlError `Conflict` when it is at its end already. */
  abort(request?: AbortRequest): Promise<void>;
  /** Decides at an `approval`. @throws PawlError `Conflict` or `InvalidValue` with what is wrong. */
  approve(decision?: ApproveRequest): Promise<void>;
  /** Sends a `waitFor` its event. @throws PawlError `Conflict` or `InvalidValue` with what is wrong. */
  send(node: string, value?: Json): Promise<void>;
}

/** A run as its pipeline's client sees it. */
export function openRun<Result>(handle: WorkflowHandle): PipelineRun<Result> {
  const id = handle.workflowId;
  const update = (name: string, input: object): Promise<void> =>
    translateErrors(id, async () => {
      await handle.executeUpdate(name, { args: [input] });
    });
  return {
    id,
    result: async () => toRunEnd<Result>(await translateErrors(id, () => endOf(handle))),
    nodes: () => translateErrors(id, () => handle.query<readonly NodeStatus[]>(RunMessage.nodes)),
    cancel: () =>
      translateErrors(id, async () => {
        await handle.cancel();
      }),
    retry: (request = {}) => update(RunMessage.retry, request),
    skip: (request) => update(RunMessage.skip, request),
    abort: (request = {}) => update(RunMessage.abort, request),
    approve: (decision = {}) => update(RunMessage.approve, decision),
    send: (node, value = null) => update(RunMessage.send, { node, value } satisfies SendRequest),
  };
}

function toRunEnd<Result>({ outcome, value, faults }: Extract<Followed, { phase: 'closed' }>): RunEnd<Result> {
  if (outcome === 'succeeded') return { outcome, value: wholeValue(value) as Result };
  if (outcome === 'rejected') return { outcome, value };
  const refused = faults.find(isRefusal);
  if (refused) {
    const { type, message, hint } = refused;
    throw new PawlError(type as FailureType, message, { hint: hint ?? undefined, retryable: false });
  }
  return { outcome, faults };
}

/** A result that was too large for the run has references in it, which are not what its type says. */
function wholeValue(value: Json): Json {
  if (!JSON.stringify(value).includes('"$spill":')) return value;
  throw new PawlError(FailureType.InvalidValue, 'the result is too large to travel: parts of it are in the artifacts', {
    hint: 'Let the pipeline return references to artifacts, or a summary; `pawl show RUN` shows what there is.',
    retryable: false,
  });
}

/** Nothing was run: the caller asked for something that cannot be. */
function isRefusal({ node, type }: Fault): boolean {
  return node === ActivityName.begin && (type === FailureType.InvalidParams || type === FailureType.UnknownPipeline);
}
