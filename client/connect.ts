import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { checkEnvironmentName, DEFAULT_ENVIRONMENT, taskQueueIn } from '../plan/environment.js';
import { FailureType, PawlError } from '../plan/failure.js';

type Tls = ReturnType<typeof loadClientConnectConfig>['connectionOptions']['tls'];

/** Where a Temporal server is, and how to get in. */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly tls?: Tls;
  readonly apiKey?: string;
}

/** A client, and the connection to close when it is no longer used. */
export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
}

/** Connects as a client. @throws PawlError `StoreUnavailable` that names the address. */
export async function connectClient(target: TemporalAddress): Promise<TemporalClient> {
  const { address, tls, apiKey, namespace } = target;
  const connection = await Connection.connect({ address, tls, apiKey, connectTimeout: 5000 }).catch((cause) => {
    throw unreachable(address, cause);
  });
  return { client: new Client({ connection, namespace }), connection };
}

/** That a Temporal server does not answer. */
export function unreachable(address: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `Temporal does not answer at ${address}`, {
    hint: 'Check TEMPORAL_ADDRESS and that the server runs; `pawl dev` starts an embedded one.',
    cause,
  });
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
 * and file (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, profiles in `temporal.toml`), the name from `PAWL_ENV`, the
 * queue from `PAWL_TASK_QUEUE`. Postgres and the artifacts are not needed.
 *
 * @throws PawlError `StoreUnavailable` when Temporal does not answer.
 * @example
 * const pawl = await connectPawl();
 */
export async function connectPawl(options: ConnectPawlOptions = {}): Promise<PawlConnection> {
  const name = checkEnvironmentName(options.environment ?? (process.env.PAWL_ENV || DEFAULT_ENVIRONMENT));
  const { connectionOptions, namespace } = loadClientConnectConfig({ profile: options.profile });
  const { client, connection } = await connectClient({
    address: options.address ?? connectionOptions.address ?? 'localhost:7233',
    namespace: options.namespace ?? namespace ?? 'default',
    tls: options.tls ?? connectionOptions.tls,
    apiKey: options.apiKey ?? connectionOptions.apiKey,
  });
  return {
    temporal: client,
    name,
    taskQueue: options.taskQueue ?? (process.env.PAWL_TASK_QUEUE || taskQueueIn(name)),
    close: () => connection.close(),
  };
}
