import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST, type Ports } from '../embedded/ports.js';
import { serverEnvironment } from '../embedded/server-environment.js';
import { isListening, isTemporalServing } from '../embedded/server-health.js';
import type { ServerSpec } from '../embedded/supervised-server.js';
import { DYNAMIC_CONFIG, type DynamicConfig, dynamicConfigFile } from '../temporal/dynamic-config.js';

const READY_WITHIN_MS = 60_000;
const SHARDS = 4;

/** Every service of a Temporal server listens twice; the names are those of the variables of its config template. */
export const SERVER_PORTS = [
  'FRONTEND_GRPC_PORT',
  'FRONTEND_HTTP_PORT',
  'FRONTEND_MEMBERSHIP_PORT',
  'HISTORY_GRPC_PORT',
  'HISTORY_MEMBERSHIP_PORT',
  'MATCHING_GRPC_PORT',
  'MATCHING_MEMBERSHIP_PORT',
  'WORKER_GRPC_PORT',
  'WORKER_MEMBERSHIP_PORT',
] as const;

export interface ClusterServerOptions {
  /** The program. */
  readonly server: string;
  readonly databaseUrl: string;
  readonly ports: Ports<(typeof SERVER_PORTS)[number]>;
  /** Where its dynamic config is written. */
  readonly folder: string;
  readonly logFile: string;
  /** Dynamic config beside Pawl's own. */
  readonly settings?: DynamicConfig;
  /** Variables of the server's config template beside those set here, as `TEMPORAL_TLS_…`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Describes a Temporal server over Postgres, all its services in one process. */
export async function describeClusterServer(options: ClusterServerOptions): Promise<ServerSpec> {
  const { server, ports, folder, logFile, settings, variables = {} } = options;
  const configFile = join(folder, 'dynamic-config.yaml');
  await writeFile(configFile, dynamicConfigFile({ ...DYNAMIC_CONFIG, ...settings }));
  const secured = Object.keys(variables).some((name) => name.startsWith('TEMPORAL_TLS_'));
  return {
    name: 'Temporal',
    logFile,
    readyWithinMs: READY_WITHIN_MS,
    command: {
      program: server,
      args: ['--allow-no-auth', 'start'],
      cwd: folder,
      env: { ...serverEnvironment(), ...serverVariables(options), DYNAMIC_CONFIG_FILE_PATH: configFile, ...variables },
      // Left alone it waits seconds for clients that are gone; what it has accepted is in Postgres.
      stopSteps: [
        ['TERM', 5],
        ['KILL', 20],
      ],
    },
    isReady: () => (secured ? isListening(ports.FRONTEND_GRPC_PORT) : isTemporalServing(ports.FRONTEND_GRPC_PORT)),
  };
}

function serverVariables({ databaseUrl, ports }: ClusterServerOptions): Record<string, string> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  return {
    DB: 'postgres12',
    POSTGRES_SEEDS: hostname,
    DB_PORT: port || '5432',
    POSTGRES_USER: decodeURIComponent(username),
    POSTGRES_PWD: decodeURIComponent(password),
    BIND_ON_IP: HOST,
    NUM_HISTORY_SHARDS: `${SHARDS}`,
    LOG_LEVEL: 'warn',
    ...Object.fromEntries(Object.entries(ports).map(([name, each]) => [name, `${each}`])),
  };
}
