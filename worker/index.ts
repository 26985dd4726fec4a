/** What programs of one's own need to run pipelines: servers, workers, runs, schedules. */

export { type AttemptFailure, type OpenAttempt, openAttempts } from '../client/attempts.js';
export { connectClient, type TemporalClient } from '../client/connect.js';
export { type Followed, type FollowOptions, followRun } from '../client/follow-run.js';
export { type StartRunOptions, startRun } from '../client/start-run.js';
export {
  type CompiledPipeline,
  type CompileOptions,
  type CompileResult,
  compilePipeline,
  type Diagnostic,
  formatDiagnostics,
} from '../dsl/compile/index.js';
export { FailureType, isPawlError, PawlError } from '../plan/failure.js';
export type { Fault, NodeStatus, Outcome, RunResult } from '../plan/protocol.js';
export { type ModelServer, type StartServerOptions, startServer } from '../serving/index.js';
export { type JournalEntry, openStore, type RunRecord, type Store, type StoreOptions } from '../store/index.js';
export {
  type AcquireOptions,
  acquireStack,
  findStack,
  removeState,
  type Services,
  type Stack,
  type StackInfo,
  type StateOptions,
  stopStack,
} from './embedded/index.js';
export { environmentOf } from './embedded-environment.js';
export { type Environment, environmentFromVariables, type TemporalAddress } from './environment.js';
export { loadEnvironmentFiles } from './environment-files.js';
export { environmentName } from './environment-name.js';
export { findTensorFlow, type TensorFlowReport } from './provision/index.js';
export { type Published, publish } from './publish.js';
export { readHistory } from './replay/history-file.js';
export { replayHistory } from './replay/replay-history.js';
export {
  applySchedule,
  backfillSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  type ScheduleStatus,
} from './schedules.js';
export { type RunningWorker, type StartWorkerOptions, startWorker } from './start-worker.js';
