import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePorts, HOST, rememberPorts } from '../embedded/ports.js';
import { describePostgres } from '../embedded/postgres-server.js';
import { stackError } from '../embedded/stack-error.js';
import { makeState, type StateFolder } from '../embedded/state-folder.js';
import { type ServerEvents, SupervisedServer } from '../embedded/supervised-server.js';
import { findTemporalServer } from '../provision/temporal-server.js';
import type { DynamicConfig } from '../temporal/dynamic-config.js';
import { describeClusterServer, SERVER_PORTS } from './cluster-server.js';
import { makeSchema } from './make-schema.js';

export interface StartClusterOptions {
  /** Folder of its data and logs; what is there already is used. */
  readonly folder: string;
  /** Dynamic config of the Temporal server beside Pawl's own. */
  readonly settings?: DynamicConfig;
  /** Variables of the Temporal server's config template, as `TEMPORAL_TLS_…`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Takes progress lines. Default: they are dropped. */
  readonly log?: (line: string) => void;
}

/** A Temporal server over Postgres, as in production but on one machine. It ends with this process. */
export interface Cluster {
  /** `host:port` of Temporal's gRPC service. */
  readonly temporalAddress: string;
  /** A database for Pawl, in the same Postgres; with the password in it. */
  readonly databaseUrl: string;
  readonly state: StateFolder;
  /** Ends both servers; the data stays. */
  stop(): Promise<void>;
}

/**
 * Starts a Temporal server of its own kind over the Postgres that Pawl brings, for tests. Both are kept running: one that
 * is killed is started again. The namespace is left to the caller.
 *
 * @throws PawlError when a part is missing or cannot be started.
 */
export async function startCluster(options: StartClusterOptions): Promise<Cluster> {
  const { folder, settings, variables, log = () => {} } = options;
  const programs = await findTemporalServer();
  if (!programs.found) throw stackError(`the Temporal server is missing: ${programs.reason}`, `${programs.remedy}.`);
  const state = await makeState({ state: folder });
  const ports = await choosePorts(state.folder, ['postgres', ...SERVER_PORTS], log);
  await rememberPorts(state.folder, ports);
  const events: ServerEvents = { log, started: () => {} };
  const running: SupervisedServer[] = [];
  const run = (server: SupervisedServer) => {
    running.push(server);
    return Promise.race([server.ready, server.finished]);
  };
  const stop = async () => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  try {
    const { spec, databaseUrl } = await describePostgres(state, ports, log);
    await run(new SupervisedServer(spec, events));
    await makeSchemaOnce(state, programs.sqlTool, databaseUrl);
    const logFile = join(state.logs, 'temporal.log');
    const parts = { server: programs.server, databaseUrl, ports, folder: state.folder, logFile, settings, variables };
    await run(new SupervisedServer(await describeClusterServer(parts), events));
    return { temporalAddress: `${HOST}:${ports.FRONTEND_GRPC_PORT}`, databaseUrl, state, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeSchemaOnce({ folder }: StateFolder, sqlTool: string, databaseUrl: string): Promise<void> {
  const mark = join(folder, 'temporal-schema.made');
  if (existsSync(mark)) return;
  await makeSchema(sqlTool, databaseUrl);
  await writeFile(mark, '');
}
