import { resolve } from 'node:path';
import type { ArtifactStore } from '../plan/artifact.js';
import { DEFAULT_ENVIRONMENT } from '../plan/environment.js';
import type { Checkpoints } from '../plan/registry.js';
import { type AlertStore, openAlertStore } from './alert-store.js';
import { openFolderStore } from './artifacts/folder-store.js';
import { type OwnedNode, openCheckpoints } from './checkpoint-store.js';
import { type Chores, openChores } from './chores.js';
import { type Database, openDatabase } from './database.js';
import { type DecisionStore, openDecisionStore } from './decision-store.js';
import { type DeploymentStore, openDeploymentStore } from './deployment-store.js';
import { checkDatabaseOwner, keepDatabaseOwner } from './environment/database-owner.js';
import { keepFolderOwner } from './environment/folder-owner.js';
import { type Journal, openJournal } from './journal.js';
import { type LeaseStore, openLeaseStore } from './lease-store.js';
import { type LimitStore, openLimitStore } from './limit-store.js';
import { type LineageStore, openLineageStore } from './lineage-store.js';
import { migrate } from './migrate.js';
import { type OfferStore, openOfferStore } from './offer-store.js';
import { openPlanStore, type PlanStore } from './plan-store.js';
import { openPredictionLog, type PredictionLog } from './prediction-log.js';
import { openRegistry, type RegistryStore } from './registry.js';
import { openRetention, type RetentionStore } from './retention/open-retention.js';
import { openRunStore, type RunStore } from './run-store.js';

export interface StoreOptions {
  /** A `postgres://` URL. */
  readonly databaseUrl: string;
  /** The folder of the artifacts, created when absent; or a store that is open already. */
  readonly artifacts: string | ArtifactStore;
  /** The environment that works with them; what is another's is refused. Default: `dev`. */
  readonly environment?: string;
  /** The Postgres schema that holds the tables. Default: `pawl`. */
  readonly schema?: string;
  /** Most database connections at a time. Default: 10. */
  readonly maxConnections?: number;
}

/** All that outlives a process: one door to Postgres and the artifacts. */
export interface Store {
  readonly plans: PlanStore;
  readonly runs: RunStore;
  readonly journal: Journal;
  readonly leases: LeaseStore;
  readonly decisions: DecisionStore;
  readonly limits: LimitStore;
  readonly offers: OfferStore;
  readonly lineage: LineageStore;
  readonly registry: RegistryStore;
  readonly deployments: DeploymentStore;
  readonly predictions: PredictionLog;
  readonly artifacts: ArtifactStore;
  readonly alerts: AlertStore;
  readonly chores: Chores;
  readonly retention: RetentionStore;
  /** The checkpoints of a node; saving asks whether the attempt still owns it. */
  checkpoints(owner: OwnedNode): Checkpoints;
  /** Closes all connections. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings the database to this build's version.
 *
 * @example
 * const store = await openStore({ databaseUrl: process.env.DATABASE_URL, artifacts: '.pawl/artifacts' });
 * @throws PawlError `StoreUnavailable` when the database or the folder cannot be used, `Conflict` when one of them belongs
 * to another environment.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl: url, maxConnections, schema, environment = DEFAULT_ENVIRONMENT } = options;
  const db = openDatabase({ url, maxConnections, schema });
  try {
    await checkDatabaseOwner(db, environment);
    await migrate(db);
    await keepDatabaseOwner(db, environment);
    // After the database: of several that open both for the first time, the same one gets both.
    const root = typeof options.artifacts === 'string' ? resolve(options.artifacts) : null;
    return storeOver(db, await openArtifacts(options.artifacts, environment), root);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openArtifacts(artifacts: string | ArtifactStore, environment: string): Promise<ArtifactStore> {
  if (typeof artifacts !== 'string') return artifacts;
  await keepFolderOwner(artifacts, environment);
  return openFolderStore(artifacts);
}

function storeOver(db: Database, artifacts: ArtifactStore, root: string | null): Store {
  return {
    plans: openPlanStore(db),
    runs: openRunStore(db),
    journal: openJournal(db),
    leases: openLeaseStore(db),
    decisions: openDecisionStore(db),
    limits: openLimitStore(db),
    offers: openOfferStore(db),
    lineage: openLineageStore(db),
    registry: openRegistry(db),
    deployments: openDeploymentStore(db),
    predictions: openPredictionLog(db),
    artifacts,
    alerts: openAlertStore(db),
    chores: openChores(db),
    retention: openRetention(db, root),
    checkpoints: (owner) => openCheckpoints(db, owner),
    close: () => db.close(),
  };
}
