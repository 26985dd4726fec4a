import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stackError } from '../embedded/stack-error.js';

const TIMEOUT_MS = 60_000;

/** The databases of a Temporal cluster, each with the name of its schema. */
export const CLUSTER_DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/**
 * Makes the databases of a Temporal cluster with their tables.
 * @param databaseUrl any database of the Postgres.
 * @throws PawlError with what the tool said.
 */
export async function makeSchema(sqlTool: string, databaseUrl: string): Promise<void> {
  const env = { ...process.env, ...sqlToolVariables(databaseUrl) };
  for (const [database, schema] of Object.entries(CLUSTER_DATABASES)) {
    const run = (...args: string[]) => runTool(sqlTool, ['--db', database, ...args], env);
    await run('create');
    await run('setup-schema', '-v', '0.0');
    await run('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

/** Where the tool finds Postgres. By variables, since everybody can read the arguments of a process. */
export function sqlToolVariables(databaseUrl: string): Record<string, string> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  return {
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: hostname,
    SQL_PORT: port || '5432',
    SQL_USER: decodeURIComponent(username),
    SQL_PASSWORD: decodeURIComponent(password),
  };
}

async function runTool(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)(program, args, { env, timeout: TIMEOUT_MS }).catch((cause) => {
    const words = `${cause.stdout ?? ''}${cause.stderr ?? ''}`.trim().split('\n').slice(-3).join(' | ');
    throw stackError(`the tables of Temporal could not be made (${args.join(' ')}): ${words}`, undefined, cause);
  });
}
