import type { PreviousOutput, Progress, RunInfo, StepContext, StepLog } from '../../dsl/context.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { Checkpoints } from '../../plan/registry.js';
import type { Store } from '../../store/index.js';
import { Rejection } from './failures.js';
import { withoutEffects } from './light-context.js';
import type { Scratch } from './scratch.js';
import { seedOf } from './seed-of.js';
import { decodeValue } from './values.js';

/** The facts of one attempt that its context shows. */
export interface Attempt {
  readonly run: RunInfo;
  readonly node: string;
  readonly signal: AbortSignal;
  readonly log: StepLog;
}

export interface FullContextOptions extends Attempt {
  readonly store: Store;
  readonly checkpoints: Checkpoints;
  readonly scratch: Scratch;
  readonly onProgress: (progress: Progress) => void;
  /** GPUs that are this attempt's. */
  readonly devices?: readonly string[];
}

/** The context of a step that runs on a queue. */
export function fullContext(options: FullContextOptions): StepContext {
  const { store, checkpoints, scratch, onProgress, devices } = options;
  return {
    ...commonContext(options),
    artifacts: store.artifacts,
    registry: store.registry,
    checkpoints,
    get scratch() {
      return scratch.folder;
    },
    progress: onProgress,
    ...(devices && { devices }),
    previous: (node = options.node) => previousOutputOf(node, options.run, store),
  };
}

/** What `ctx.previous` answers. */
export async function previousOutputOf(
  node: string,
  { pipeline, nominalTime, runId }: Pick<RunInfo, 'pipeline' | 'nominalTime' | 'runId'>,
  store: Store,
): Promise<PreviousOutput | null> {
  const options = { pipeline, node, beforeNominalTime: nominalTime, excludeRun: runId };
  const found = await store.journal.previousOutput(options);
  if (!found) return null;
  const output = (await decodeValue(found.output, { artifacts: store.artifacts, definitions: new Map() })) as Json;
  return { run: found.workflowId, output };
}

/** The context of a light step: it is pure, so there is nothing to read or write. */
export function lightContext(attempt: Attempt): StepContext {
  return withoutEffects(attempt.node, commonContext(attempt));
}

function commonContext({ run, node, signal, log }: Attempt) {
  return {
    run,
    node,
    key: `${run.runId}/${node}`,
    seed: seedOf(run.pipeline, node),
    signal,
    log,
    reject: (reason: string, details: Json): never => {
      throw rejection(node, reason, details);
    },
  };
}

const MAX_DETAILS_BYTES = 32 * 1024;

function rejection(node: string, reason: string, details: Json): Error {
  const bytes = JSON.stringify(details).length;
  if (bytes <= MAX_DETAILS_BYTES) return new Rejection(reason, details);
  return new PawlError(FailureType.InvalidValue, `step "${node}" rejects with details of ${bytes} characters`, {
    hint: `At most ${MAX_DETAILS_BYTES} fit: put the details into an artifact and pass its reference.`,
    retryable: false,
  });
}
