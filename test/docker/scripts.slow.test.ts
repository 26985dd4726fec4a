import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectClient } from '../../client/connect.js';
import { sqlToolVariables } from '../../worker/cluster/make-schema.js';
import { findTemporal } from '../../worker/provision/temporal.js';
import { findTemporalServer } from '../../worker/provision/temporal-server.js';
import { retentionDays } from '../../worker/temporal/namespace-state.js';
import { projectFolder } from '../support/commands.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startClusterServers, type TestServers } from '../support/servers.js';

/* The scripts of docker-compose.yml, with the programs that the admin-tools image has. */
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-scripts-'));
  const [server, cli] = [await findTemporalServer(), await findTemporal()];
  if (!server.found || !cli.found) throw new Error('Temporal is not set up');
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await symlink(server.sqlTool, join(bin, 'temporal-sql-tool'));
  await symlink(cli.path, join(bin, 'temporal'));
  path = [bin, process.env.PATH].join(delimiter);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const runScript = (name: string, env: Record<string, string>) =>
  promisify(execFile)('sh', [join(projectFolder, 'docker', name)], { env: { PATH: path, HOME: folder, ...env } });

test('make-schema.sh makes both schemas, and the second time changes nothing', async () => {
  const postgres: TestPostgres = await startTestPostgres();
  try {
    const versions = async () => [
      await schemaVersion(postgres, 'temporal'),
      await schemaVersion(postgres, 'temporal_visibility'),
    ];
    await runScript('make-schema.sh', sqlToolVariables(postgres.url));
    const made = await versions();
    for (const { version } of made) expect(version).toMatch(/^1\.\d+$/);
    await runScript('make-schema.sh', sqlToolVariables(postgres.url));
    expect(await versions()).toEqual(made);
  } finally {
    await postgres.stop();
  }
  await expect(runScript('make-schema.sh', sqlToolVariables(postgres.url))).rejects.toThrow();
});

test('make-namespace.sh makes the namespace, waits for the server, and the second time changes nothing', async () => {
  const servers: TestServers = await startClusterServers(join(folder, 'state'));
  try {
    const address = servers.stack.temporalAddress;
    const variables = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'models', TEMPORAL_RETENTION: '12d' };
    for (const retention of ['12d', '3d'])
      expect((await runScript('make-namespace.sh', { ...variables, TEMPORAL_RETENTION: retention })).stdout).toContain(
        'namespace models is there',
      );
    const { connection } = await connectClient({ address, namespace: 'models' });
    expect(await retentionDays(connection, 'models')).toBe(12);
    await connection.close();
  } finally {
    await servers.stack.release();
  }
});

/** The version of a schema, and how often one was recorded. */
async function schemaVersion({ url }: TestPostgres, database: string): Promise<{ version: string; updates: number }> {
  const place = new URL(url);
  place.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: place.href });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; updates: number }>(
      `select curr_version as version, (select count(*)::int from schema_update_history) as updates from schema_version`,
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}
