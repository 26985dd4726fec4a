import { nameIn } from '../../plan/environment.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import { nodesFrom } from '../../plan/part-of-plan.js';
import type { Plan } from '../../plan/plan.js';
import type { Answer, FromRun, TakenRun } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import type { RunRecord, Store } from '../../store/index.js';

export interface FindSourceOptions {
  readonly store: Pick<Store, 'runs'>;
  readonly environment: string;
  readonly pipeline: string;
  /** The run that asks, which is not its own source. Default: none. */
  readonly except?: string;
}

const SUGGESTED_FROM = 500;

/**
 * The run that another one takes outputs over from.
 * @throws PawlError `UnknownRun`, or `InvalidInput` for a run of another pipeline.
 */
export async function findSource(from: FromRun, options: FindSourceOptions): Promise<RunRecord> {
  const { store, environment, pipeline, except } = options;
  const { runs } = store;
  const id = checkedFrom(from).run;
  const found =
    (await runs.latest(id, except)) ?? (await runs.latest(nameIn(environment, id), except)) ?? (await runs.run(id));
  if (!found) throw await unknownSource(id, store);
  if (found.pipeline === pipeline) return found;
  throw refuse(
    `run "${id}" is of pipeline "${found.pipeline}", not of "${pipeline}"`,
    'Only runs of the same pipeline have outputs to take over.',
  );
}

/** What a run of this plan takes over. @throws PawlError `InvalidInput` for a node that no run can begin again from. */
export function takenRun({ node }: FromRun, source: RunRecord, plan: Plan): TakenRun {
  return {
    run: source.workflowId,
    runId: source.runId,
    ...(node !== undefined && { node }),
    anew: node === undefined ? [] : nodesFrom(plan, node),
    answers: (source.answers ?? {}) as unknown as Readonly<Record<string, Answer>>,
  };
}

/** Any client may have written it. */
function checkedFrom(from: FromRun): FromRun {
  const given = from as unknown as Json;
  const isRight =
    isJsonObject(given) &&
    typeof given.run === 'string' &&
    (given.node === undefined || given.node === null || typeof given.node === 'string');
  if (isRight) return from;
  throw refuse('the memo "from" does not say what to take over', 'Write it as {"run": "RUN", "node": "NODE"}.');
}

async function unknownSource(id: string, { runs }: Pick<Store, 'runs'>): Promise<PawlError> {
  const recent = await runs.list({ limit: SUGGESTED_FROM });
  const known = [...new Set(recent.map(({ workflowId }) => workflowId))];
  const suggestion = suggestName(id, known);
  const near = suggestion.startsWith('Did you mean') ? `${suggestion} ` : '';
  const hint = `${near}pawl runs lists them.`;
  return new PawlError(FailureType.UnknownRun, `no run is called "${id}"`, { hint, retryable: false });
}

function refuse(message: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidInput, message, { hint, retryable: false });
}
