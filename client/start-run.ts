import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { DEFAULT_ENVIRONMENT, runIdIn } from '../plan/environment.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import { FROM_MEMO, type FromRun, REUSE_MEMO, SearchAttribute, UNTIL_MEMO } from '../plan/protocol.js';

export interface StartRunOptions {
  readonly pipeline: string;
  /** Null: those of the run that it takes over from, else the pipeline's defaults. */
  readonly params: Json;
  /** Workflow id; that of another environment than `dev` gets `NAME/` before it. Default: the pipeline's name and the time. */
  readonly id?: string;
  /**
   * How its steps use earlier outputs: `off`: every step runs, and nothing is offered to later runs; `refresh`: every
   * step runs, and those that may be reused are offered. Default: as each step says.
   */
  readonly reuse?: 'off' | 'refresh';
  /** A run of the same pipeline whose outputs it takes over, as far as they are the same work. Default: none. */
  readonly from?: FromRun;
  /** Id of the node that it ends with; its result is that node's output. Default: the whole pipeline. */
  readonly until?: string;
}

/** Where runs are started. */
export interface RunQueue {
  /** Task queue of runs. */
  readonly taskQueue: string;
  /** Name of the environment they run in. Default: `dev`. */
  readonly name?: string;
}

/**
 * Starts a run, as `temporal workflow start --type PIPELINE` would.
 * @throws PawlError `Conflict` when a run of that id is at work already, `InvalidInput` for an id with a slash.
 */
export async function startRun(
  client: Client,
  { taskQueue, name = DEFAULT_ENVIRONMENT }: RunQueue,
  options: StartRunOptions,
): Promise<WorkflowHandle> {
  const { pipeline, params, reuse, from, until } = options;
  const asked = { [REUSE_MEMO]: reuse, [FROM_MEMO]: from, [UNTIL_MEMO]: until };
  const memo = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const workflowId = runIdIn(name, options.id ?? runIdFor(pipeline, new Date()));
  try {
    return await client.workflow.start(pipeline, {
      workflowId,
      taskQueue,
      args: params === null ? [] : [params],
      ...(Object.keys(memo).length > 0 && { memo }),
      typedSearchAttributes: [{ key: defineSearchAttributeKey(SearchAttribute.pipeline, 'KEYWORD'), value: pipeline }],
    });
  } catch (cause) {
    if (!(cause instanceof WorkflowExecutionAlreadyStartedError)) throw cause;
    throw new PawlError(FailureType.Conflict, `a run with the id "${workflowId}" is at work already`, {
      hint: `Look at it with: pawl show ${workflowId}`,
      cause,
    });
  }
}

function runIdFor(pipeline: string, at: Date): string {
  return `${pipeline}-${at.toISOString().replace(/[:.]/g, '').replace('T', '-')}`;
}
