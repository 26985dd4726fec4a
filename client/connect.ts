import { Client, Connection } from '@temporalio/client';
import { checkEnvironmentName, DEFAULT_ENVIRONMENT, taskQueueIn } from '../plan/environment.js';
import { connectionProblem } from './connection-problem.js';
import { configuredTemporal, type TemporalAddress } from './temporal-config.js';

export type { TemporalAddress } from './temporal-config.js';

/** A client, and the connection to close when it is no longer used. */
export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
}

/**
 * Connects as a client.
 * @throws PawlError `StoreUnavailable` that names the address, `Forbidden` when the server does not let us in.
 */
export async function connectClient(target: TemporalAddress): Promise<TemporalClient> {
  const { address, tls, apiKey, metadata, namespace } = target;
  const options = { address, tls, apiKey, metadata: { ...metadata }, connectTimeout: 5000 };
  const connection = await Connection.connect(options).catch(async (cause) => {
    throw await connectionProblem(target, cause);
  });
  return { client: new Client({ connection, namespace }), connection };
}

/** Each one overrides what the environment says. */
export interface ConnectPawlOptions extends Partial<TemporalAddress> {
  /** Name of the environment, as `staging`. Default: `PAWL_ENV`, else `dev`. */
  readonly environment?: string;
  /** Task queue of runs. Default: `PAWL_TASK_QUEUE`, else the environment's: `pawl`, `staging/pawl`. */
  readonly taskQueue?: string;
  /** Profile of `temporal.toml`. Default: `TEMPORAL_PROFILE`, else `default`. */
  readonly profile?: string;
}

/** A connection to the deployment that runs pipelines. */
export interface PawlConnection {
  /** Temporal's own client, for what this one does not do. */
  readonly temporal: Client;
  /** Name of the environment that runs are started in. */
  readonly name: string;
  /** Task queue of runs. */
  readonly taskQueue: string;
  /** Ends the connection; runs go on without it. */
  close(): Promise<void>;
}

/**
 * Connects to the deployment that the environment names, as the `pawl` command does: Temporal from its own variables
 * and file ({@link configuredTemporal}), the name from `PAWL_ENV`, the queue from `PAWL_TASK_QUEUE`. Postgres and the artifacts are not needed.
 *
 * @throws PawlError `StoreUnavailable` when Temporal does not answer.
 * @example
 * const pawl = await connectPawl();
 */
export async function connectPawl(options: ConnectPawlOptions = {}): Promise<PawlConnection> {
  const name = checkEnvironmentName(options.environment ?? (process.env.PAWL_ENV || DEFAULT_ENVIRONMENT));
  const { environment: _, taskQueue: __, profile, ...own } = options;
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  const { client, connection } = await connectClient({ ...configuredTemporal(profile), ...Object.fromEntries(given) });
  return {
    temporal: client,
    name,
    taskQueue: options.taskQueue ?? (process.env.PAWL_TASK_QUEUE || taskQueueIn(name)),
    close: () => connection.close(),
  };
}
