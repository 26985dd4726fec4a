/** What another program needs to start pipelines and to get their results. */
export { FailureType, isPawlError, PawlError } from '../plan/failure.js';
export type { Json } from '../plan/json.js';
export type {
  AbortRequest,
  ApproveRequest,
  CodeChoice,
  Fault,
  FromRun,
  Given,
  HeldFor,
  NodeState,
  NodeStatus,
  Outcome,
  RetryRequest,
  SkipRequest,
} from '../plan/protocol.js';
export { type ConnectPawlOptions, connectPawl, type PawlConnection, type TemporalAddress } from './connect.js';
export { type DecisionToSign, type SignGrantOptions, signGrant } from './grants/sign-grant.js';
export {
  type GrantKeyPair,
  type KeyLimits,
  makeKeyPair,
  readSigningKey,
  type SigningKey,
} from './grants/signing-key.js';
export {
  type PipelineClient,
  type PipelineClientParts,
  pipelineClient,
  type StartOptions,
} from './pipeline-client.js';
export type { PipelineRun, RunEnd } from './pipeline-run.js';
