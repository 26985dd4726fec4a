import type { Database } from './database.js';
import type { Deployment, OnDeployments } from './deployment.js';
import { type DeploymentWatch, type WatchOptions, watchDeployments } from './watch-deployments.js';

/** The serving side of the registry. */
export interface DeploymentStore {
  /** Sorted by name. */
  current(): Promise<Deployment[]>;
  /**
   * Calls `onChange` with all current deployments, at the start and after each change: at once when the database says
   * so, and within seconds by asking when a connection is lost. An outage is waited out; the last answer stands.
   * An `onChange` that throws is called again.
   */
  watch(onChange: OnDeployments, options?: WatchOptions): DeploymentWatch;
}

/** Deployments in Postgres. */
export function openDeploymentStore(db: Database): DeploymentStore {
  const current = () => currentDeployments(db);
  return { current, watch: (onChange, options) => watchDeployments(db, current, onChange, options) };
}

async function currentDeployments(db: Database): Promise<Deployment[]> {
  return db.kysely
    .selectFrom('champions')
    .innerJoin('model_versions as version', (join) =>
      join.onRef('champions.name', '=', 'version.name').onRef('champions.version', '=', 'version.version'),
    )
    .select(['champions.name', 'champions.version', 'version.model', 'champions.since', 'champions.run'])
    .orderBy('champions.name')
    .execute();
}
