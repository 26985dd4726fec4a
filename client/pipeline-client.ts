import type { Digest } from '../plan/canonical.js';
import { runIdIn } from '../plan/environment.js';
import type { Json } from '../plan/json.js';
import type { FromRun } from '../plan/protocol.js';
import type { PawlConnection } from './connect.js';
import { openRun, type PipelineRun } from './pipeline-run.js';
import { startRun } from './start-run.js';

/** What `pawl compile` writes into a client module. */
export interface PipelineClientParts {
  /** The plan that the module was written from; runs take the one that is current when they start. */
  readonly plan: Digest;
  /** JSON Schema of the params, for forms. */
  readonly params: Json;
}

export interface StartOptions {
  /** Id of the run; a second one with the same id is refused while the first is open. Default: name and time. */
  readonly id?: string;
  /**
   * A run of this pipeline whose outputs it takes over, where they are the same work: its `node` runs anew with all that
   * depends on it; without one, what was not done. Params of `null` are then those of that run. Default: none.
   */
  readonly from?: FromRun;
  /** Id of the node that the run ends with. Its result is that node's output, whatever type the pipeline's has. */
  readonly until?: string;
}

/** Starts one pipeline and finds its runs, typed. */
export interface PipelineClient<Params, Result> extends PipelineClientParts {
  /** The pipeline's name. */
  readonly name: string;
  /**
   * Starts a run of the pipeline's current plan. A worker checks the params when the run begins: `result()` of a run
   * with wrong ones throws.
   * @throws PawlError `Conflict` when a run of that id is open already.
   */
  start(
    pawl: PawlConnection,
    params: Params,
    options?: StartOptions & { readonly from?: undefined },
  ): Promise<PipelineRun<Result>>;
  start(pawl: PawlConnection, params: Params | null, options: StartOptions): Promise<PipelineRun<Result>>;
  /** A run that was started earlier or elsewhere. Whether there is one shows when something is asked of it. */
  handleFor(pawl: PawlConnection, id: string): PipelineRun<Result>;
}

/** The typed client of one pipeline. Written by `pawl compile`; rarely by hand. */
export function pipelineClient<Params, Result>(
  name: string,
  parts: PipelineClientParts,
): PipelineClient<Params, Result> {
  return {
    ...parts,
    name,
    start: async (pawl: PawlConnection, params: Params | null, options: StartOptions = {}) => {
      const run = { pipeline: name, params: params as Json, ...options };
      return openRun(await startRun(pawl.temporal, pawl, run));
    },
    handleFor: (pawl, id) => openRun(pawl.temporal.workflow.getHandle(runIdIn(pawl.name, id))),
  };
}
