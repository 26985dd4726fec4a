import { Context } from '@temporalio/activity';
import type { Quoted } from '../../plan/binding.js';
import type { Digest } from '../../plan/canonical.js';
import type {
  BeginChunkInput,
  BeginChunkResult,
  ChunkItemsInput,
  ChunkItemsResult,
  JoinChunksInput,
} from '../../plan/chunk.js';
import {
  ActivityName,
  type Alert,
  type BeginInput,
  type BeginResult,
  type CheckInput,
  type CurrentCode,
  type CurrentCodeInput,
  type DecisionRecord,
  ENGINE_VERSION,
  type FollowResetInput,
  type GiveInput,
  type GrantProof,
  type LightBatch,
  type LightBatchResult,
  type RecordRunInput,
  type StepCall,
  type StepResult,
  type StepTask,
  type StepWait,
  type VerifyGrantInput,
} from '../../plan/protocol.js';
import { sendAlert } from '../alerts/send-alert.js';
import type { WorkerParts } from '../parts.js';
import { asFailure, retryOutage } from '../steps/failures.js';
import { startHeartbeat } from '../steps/heartbeat.js';
import { runLightBatch } from '../steps/run-light.js';
import { runStep } from '../steps/run-step.js';
import { begin, type RunIdentity } from './begin.js';
import { beginChunk } from './begin-chunk.js';
import { checkValue } from './check.js';
import { chunkItems } from './chunk-items.js';
import { currentCode } from './current-code.js';
import { endRunBefore, followReset } from './follow-reset.js';
import { give } from './give.js';
import { joinChunks, keep } from './join-chunks.js';
import { isNull, read } from './read.js';
import { recordDecisions } from './record-decisions.js';
import { recordRun } from './record-run.js';
import { verify } from './verify.js';

/** Every activity of a worker. Steps need no registration: `default` serves any activity type that has no other. */
export function createActivities(parts: WorkerParts) {
  return {
    [ActivityName.begin]: (input: BeginInput): Promise<BeginResult> =>
      guarded(
        async () => {
          if (input.again) await endRunBefore(identity(), parts, Context.current().client);
          return begin(input, identity(), parts);
        },
        { engine: ENGINE_VERSION },
      ),
    [ActivityName.recordRun]: (input: RecordRunInput): Promise<void> =>
      guarded(() => recordRun(input, identity(), parts)),
    [ActivityName.followReset]: (input: FollowResetInput): Promise<void> =>
      guarded(() => followReset(input, identity(), parts, Context.current().client)),
    [ActivityName.read]: (value: Quoted): Promise<Quoted> => guarded(() => read(value, parts)),
    [ActivityName.isNull]: (value: Quoted): Promise<boolean> => guarded(() => isNull(value, parts)),
    [ActivityName.check]: (input: CheckInput): Promise<Quoted> => guarded(() => checkValue(input, parts)),
    [ActivityName.alert]: (alert: Alert): Promise<void> =>
      guarded(() => sendAlert(alert, identity(), parts.environment)),
    [ActivityName.currentCode]: (input: CurrentCodeInput): Promise<CurrentCode> =>
      guarded(() => currentCode(input, parts)),
    [ActivityName.give]: (input: GiveInput): Promise<Quoted> => guarded(() => give(input, parts)),
    [ActivityName.lightSteps]: (batch: LightBatch): Promise<LightBatchResult> => runLightBatch(batch, parts),
    [ActivityName.chunkItems]: (input: ChunkItemsInput): Promise<ChunkItemsResult> =>
      guarded(() => chunkItems(input, parts)),
    [ActivityName.beginChunk]: (input: BeginChunkInput): Promise<BeginChunkResult> =>
      guarded(() => beginChunk(input, parts)),
    [ActivityName.keep]: (value: Quoted): Promise<Digest> => guarded(() => keep(value, parts)),
    [ActivityName.joinChunks]: (input: JoinChunksInput): Promise<Quoted> => guarded(() => joinChunks(input, parts)),
    default: (task: StepCall | StepTask): Promise<StepResult | StepWait> => runStep(task, parts),
    [ActivityName.verifyGrant]: (input: VerifyGrantInput): Promise<GrantProof> =>
      guarded(() => verify(input, identity())),
    [ActivityName.recordDecisions]: (decisions: readonly DecisionRecord[]): Promise<void> =>
      guarded(() => recordDecisions(decisions, identity(), parts)),
  };
}

/**
 * An outage is waited for; anything else would fail again in the same way. Beside the workflow nobody waits for signs of
 * life. @param details what failures say beside.
 */
async function guarded<T>(work: () => Promise<T>, details?: object): Promise<T> {
  const heartbeat = Context.current().info.isLocal ? undefined : startHeartbeat();
  try {
    return await work();
  } catch (error) {
    throw asFailure(error, { ...retryOutage(error, Context.current().info.attempt), details });
  } finally {
    heartbeat?.stop();
  }
}

function identity(): RunIdentity {
  const { workflowExecution, scheduledTimestampMs } = Context.current().info;
  const { workflowId, runId } = workflowExecution ?? { workflowId: '', runId: '' };
  return { workflowId, runId, startedAt: new Date(scheduledTimestampMs).toISOString() };
}
