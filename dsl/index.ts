export { z } from 'zod';
export { type Artifact, artifactSchema } from '../plan/artifact.js';
export { FailureType, PawlError } from '../plan/failure.js';
export type { Json } from '../plan/json.js';
export type { CacheMode } from '../plan/plan.js';
export type { ApprovalDecision, ExitInfo } from '../plan/protocol.js';
export type { Progress, RunInfo, StepContext } from './context.js';
export {
  type ApprovalOptions,
  type Approved,
  approval,
  type ControlOptions,
  collect,
  type EscalateOptions,
  type ItemKey,
  type MapOptions,
  type MatchOptions,
  map,
  match,
  type OnExitOptions,
  onExit,
  orElse,
  present,
  type ReduceOptions,
  type ResultOf,
  reduce,
  reject,
  sleep,
  type WaitForOptions,
  waitFor,
  when,
} from './control/index.js';
export { type Definition, define, definitionSchema } from './definition.js';
export { type Pipeline, type PipelineOptions, pipeline, type ScheduleOptions } from './pipeline.js';
export type { Ref, ValueOf, Wire } from './ref.js';
export { type Secret, secret, secretText } from './secret.js';
export { type NodeOptions, type Step, type StepOptions, step, typedStep } from './step.js';
export type { StepDefaults } from './trace.js';
