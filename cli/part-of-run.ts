import type { Command } from 'commander';
import { FailureType, PawlError } from '../plan/failure.js';
import { isJsonObject, type JsonObject } from '../plan/json.js';
import { nodesFrom, planUntil } from '../plan/part-of-plan.js';
import type { Plan } from '../plan/plan.js';
import type { FromRun } from '../plan/protocol.js';
import type { RunRecord } from '../store/index.js';
import { findSource } from '../worker/runs/take-run.js';
import type { Session } from './session.js';

/** Flags that say which part of a pipeline runs. */
export interface PartOptions {
  readonly from?: string;
  readonly node?: string;
  readonly until?: string;
}

/** Gives a command the flags of {@link PartOptions}. */
export function addPartOptions(command: Command): Command {
  return command
    .option(
      '--from <run>',
      'take over what an earlier run has done, and its params; what was not done, or has changed, runs',
    )
    .option('--node <node>', 'with --from: run this node anew, and all that depends on it')
    .option('--until <node>', 'end with this node; what it does not need is skipped');
}

/** Which part runs, and what it takes over. */
export interface PartOfRun {
  readonly from?: FromRun;
  readonly until?: string;
  /** The run behind `from`. */
  readonly source?: RunRecord;
  /** Its params; none where nothing is taken over. */
  readonly params: JsonObject;
}

/**
 * Checks the flags against the plan, before anything is published or started.
 * @throws PawlError `UnknownRun`, or `InvalidInput` for a node that cannot be meant.
 */
export async function readPart(options: PartOptions, plan: Plan, session: Session): Promise<PartOfRun> {
  const { from: run, node, until } = options;
  if (until !== undefined) planUntil(plan, until);
  if (run === undefined) {
    if (node !== undefined) throw lonelyNode(node);
    return { ...(until !== undefined && { until }), params: {} };
  }
  if (node !== undefined) nodesFrom(plan, node);
  const { environment } = session;
  const about = { store: await session.store(), environment: environment.name, pipeline: plan.pipeline };
  const source = await findSource({ run }, about);
  const from = { run: source.runId, ...(node !== undefined && { node }) };
  const params = isJsonObject(source.params) ? source.params : {};
  return { from, source, params, ...(until !== undefined && { until }) };
}

function lonelyNode(node: string): PawlError {
  const hint = `Say which run has what comes before it: --from RUN --node ${node}. To end with it: --until ${node}`;
  return new PawlError(FailureType.InvalidInput, '--node says where a run goes on from another one', { hint });
}
