import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSConfig } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from '../../client/connect.js';
import { ensureNamespace } from '../../worker/cluster/ensure-namespace.js';
import { type Cluster, startCluster } from '../../worker/cluster/start-cluster.js';
import { makeCertificates, SERVER_NAME, type TestCertificates } from '../support/certificates.js';
import { startCommands, type TestCommands } from '../support/commands.js';

/*
 * A cluster whose frontend wants client certificates, and a namespace that is not called `default`. The command line is
 * told by variables and files only.
 */
let folder: string;
let certificates: TestCertificates;
let cluster: Cluster;
let tls: TLSConfig;
let pawl: TestCommands;

const NAMESPACE = 'machine-learning';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-encrypted-'));
  certificates = await makeCertificates(folder);
  const { ca, server } = certificates;
  cluster = await startCluster({
    folder: join(folder, 'state'),
    variables: {
      TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true',
      ...{ TEMPORAL_TLS_FRONTEND_CERT: server.cert, TEMPORAL_TLS_FRONTEND_KEY: server.key },
      ...{ TEMPORAL_TLS_SERVER_CERT: server.cert, TEMPORAL_TLS_SERVER_KEY: server.key },
      ...{
        TEMPORAL_TLS_SERVER_CA_CERT: ca.cert,
        TEMPORAL_TLS_CLIENT1_CA_CERT: ca.cert,
        TEMPORAL_TLS_CLIENT2_CA_CERT: ca.cert,
      },
      ...{ TEMPORAL_TLS_INTERNODE_SERVER_NAME: SERVER_NAME, TEMPORAL_TLS_FRONTEND_SERVER_NAME: SERVER_NAME },
    },
  });
  tls = {
    serverNameOverride: SERVER_NAME,
    serverRootCACertificate: await readFile(ca.cert),
    clientCertPair: { crt: await readFile(certificates.client.cert), key: await readFile(certificates.client.key) },
  };
  const { connection } = await connectClient({ address: cluster.temporalAddress, namespace: NAMESPACE, tls });
  await ensureNamespace(connection, NAMESPACE).finally(() => connection.close());
  pawl = startCommands({
    PAWL_STATE: cluster.state.folder,
    DATABASE_URL: cluster.databaseUrl,
    PAWL_ARTIFACTS: cluster.state.artifacts,
    TEMPORAL_NAMESPACE: NAMESPACE,
  });
});

afterAll(async () => {
  await pawl?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const byPath = () => ({
  TEMPORAL_ADDRESS: cluster.temporalAddress,
  TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.ca.cert,
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificates.client.cert,
  TEMPORAL_TLS_CLIENT_KEY_PATH: certificates.client.key,
});

describe('a cluster that wants certificates', () => {
  test('works with the files that variables name: worker, runs, schedules', async () => {
    await pawl.run(['publish', 'test/runs/pipelines/three-steps.ts'], byPath());
    await pawl.startWorker(byPath());
    const ran = await pawl.run(['run', 'test/runs/pipelines/three-steps.ts', '--n', '5', '--json'], byPath());
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 8 } });
    // The worker was ready only once the search attributes, new here, could be used.
    expect(await failedTasks(JSON.parse(ran.stdout).run)).toEqual([]);
    const applied = await pawl.run(['schedule', 'apply', 'test/runs/pipelines/scheduled.ts'], byPath());
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    expect((await pawl.run(['schedule', 'list'], byPath())).stdout).toContain('scheduled');
  });

  test('works with the certificates themselves in variables, and with a profile of a file', async () => {
    const data = {
      TEMPORAL_ADDRESS: cluster.temporalAddress,
      TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
      TEMPORAL_TLS_SERVER_CA_CERT_DATA: await readFile(certificates.ca.cert, 'utf8'),
      TEMPORAL_TLS_CLIENT_CERT_DATA: await readFile(certificates.client.cert, 'utf8'),
      TEMPORAL_TLS_CLIENT_KEY_DATA: await readFile(certificates.client.key, 'utf8'),
    };
    expect((await pawl.run(['doctor'], data)).stdout).toMatch(/✓ Server .*1\.32\.0.*TLS with a client certificate/);
    const file = join(folder, 'temporal.toml');
    await writeFile(file, tomlProfile());
    const profile = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'secured', TEMPORAL_NAMESPACE: '' };
    const { stdout } = await pawl.run(['doctor'], profile);
    expect(stdout).toMatch(new RegExp(`✓ Namespace +${NAMESPACE}; histories of closed runs are kept for 7 days`));
    expect(stdout).toMatch(/✓ Attributes +all search attributes/);
    expect(stdout).toMatch(/✓ Workers +1 on queue pawl/);
  });

  test('says what is wrong', async () => {
    const { TEMPORAL_TLS_SERVER_CA_CERT_PATH: _, ...untrusted } = byPath();
    const doctor = async (variables: Record<string, string>) => {
      const { code, stdout } = await pawl.run(['doctor'], variables);
      expect(code).toBe(1);
      return stdout;
    };
    expect(await doctor(untrusted)).toMatch(/encrypted connection .*certificate[\s\S]*SERVER_CA_CERT_PATH/);
    const misnamed = await doctor({ ...byPath(), TEMPORAL_TLS_SERVER_NAME: 'other.test' });
    expect(misnamed).toMatch(/encrypted connection .*other\.test[\s\S]*TEMPORAL_TLS_SERVER_NAME/);
    const { TEMPORAL_TLS_CLIENT_CERT_PATH: __, TEMPORAL_TLS_CLIENT_KEY_PATH: ___, ...anonymous } = byPath();
    expect(await doctor(anonymous)).toMatch(/encrypted connection .*certificate required/i);
    expect(await doctor({ TEMPORAL_ADDRESS: cluster.temporalAddress })).toMatch(/does not answer[\s\S]*TEMPORAL_TLS/);
    expect(await doctor({ ...byPath(), TEMPORAL_NAMESPACE: 'nowhere' })).toMatch(
      /no namespace "nowhere"[\s\S]*namespace create --namespace nowhere/,
    );
  });
});

const tomlProfile = () => `
[profile.secured]
address = "${cluster.temporalAddress}"
namespace = "${NAMESPACE}"

[profile.secured.tls]
server_name = "${SERVER_NAME}"
server_ca_cert_path = "${certificates.ca.cert}"
client_cert_path = "${certificates.client.cert}"
client_key_path = "${certificates.client.key}"
`;

/** What Temporal wrote of workflow tasks of a run that failed. */
async function failedTasks(workflowId: string): Promise<readonly unknown[]> {
  const { client, connection } = await connectClient({ address: cluster.temporalAddress, namespace: NAMESPACE, tls });
  const { events } = await client.workflow
    .getHandle(workflowId)
    .fetchHistory()
    .finally(() => connection.close());
  return (events ?? []).map((event) => event.workflowTaskFailedEventAttributes).filter(Boolean);
}
