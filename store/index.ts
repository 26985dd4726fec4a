export type { AlertStore, RaisedAlert } from './alert-store.js';
export { openFolderStore } from './artifacts/folder-store.js';
export type { OwnedNode } from './checkpoint-store.js';
export { type Database, type DatabaseOptions, openDatabase } from './database.js';
export type { DecidedRun, DecisionStore } from './decision-store.js';
export type { Deployment, OnDeployments } from './deployment.js';
export type { DeploymentStore } from './deployment-store.js';
export { changeDatabaseOwner, databaseOwner } from './environment/database-owner.js';
export { changeFolderOwner, folderOwner } from './environment/folder-owner.js';
export type { Claim, CommitOptions, FailureOptions, Journal } from './journal.js';
export type { ClaimOptions, JournalEntry, NodeKey } from './journal-entry.js';
export type { Lease, LeaseHolder, LeaseOwner, LeaseStore, Taken, TakeOptions } from './lease-store.js';
export type { Limit, LimitKey, LimitStore } from './limit-store.js';
export { artifactsIn, edgesOf, type FoundArtifact, type LineageEdge } from './lineage-edges.js';
export type { LineageStore, LineageUse } from './lineage-store.js';
export { migrate } from './migrate.js';
export type { OfferFilter, OfferStore, StandingOffer } from './offer-store.js';
export {
  type PlanStore,
  type Publication,
  type PublishedPipeline,
  type PublishOptions,
  planHash,
  type StoredPlan,
} from './plan-store.js';
export type { Prediction, PredictionLog } from './prediction-log.js';
export type { PreviousCommit, PreviousOutputOptions } from './previous-output.js';
export type { ChampionChange, RegisteredVersion, RegistryStore } from './registry.js';
export { digestsIn } from './retention/mentions.js';
export type { RetentionStore } from './retention/open-retention.js';
export {
  type Amount,
  type Collection,
  type CollectOptions,
  type KeptObject,
  type OpenRuns,
  type RetentionOptions,
  SHORTEST_GRACE_MS,
} from './retention/retention.js';
export type {
  CacheFacts,
  CacheRecord,
  LatestOptions,
  Offer,
  OfferOptions,
  PreviousRead,
  ReuseOrigin,
} from './reuse-entry.js';
export type { RunClose, RunFilter, RunRecord, RunStanding, RunStart, RunStore, RunTable } from './run-store.js';
export { askedAlertId } from './run-store.js';
export { openStore, type Store, type StoreOptions } from './store.js';
export type { LimitKind, LineageDirection, NodeState, RunOutcome, RunPhase } from './tables.js';
export type { DeploymentWatch, WatchOptions } from './watch-deployments.js';
