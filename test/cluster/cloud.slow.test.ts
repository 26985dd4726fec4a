import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectClient } from '../../client/connect.js';
import { connectPawl } from '../../client/index.js';
import { ensureSearchAttributes } from '../../worker/temporal/ensure-search-attributes.js';
import { makeCertificates } from '../support/certificates.js';
import { type CloudDoor, openCloudDoor } from '../support/cloud-door.js';
import { startCommands, type TestCommands } from '../support/commands.js';
import { startClusterServers, type TestServers } from '../support/servers.js';

/*
 * What Temporal Cloud is like for a client: TLS, an API key and the namespace with each call, and no operator service. The
 * server behind the door is a cluster of this machine.
 */
const KEY = 'key-of-the-test';
const OPERATOR = '/temporal.api.operatorservice.v1.OperatorService/';
let folder: string;
let servers: TestServers;
let door: CloudDoor;
let pawl: TestCommands;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-cloud-'));
  servers = await startClusterServers(join(folder, 'state'));
  const certificates = await makeCertificates(folder);
  door = await openCloudDoor({
    target: servers.stack.temporalAddress,
    certificates,
    refuses: (path, headers) => {
      if (headers.authorization !== `Bearer ${KEY}`) return 'Request unauthorized.';
      return path.startsWith(OPERATOR) ? 'Request unauthorized: not for users' : null;
    },
  });
  pawl = startCommands({
    ...servers.variables,
    ...{ TEMPORAL_ADDRESS: door.address, TEMPORAL_API_KEY: KEY, TEMPORAL_GRPC_META_X_COST_CENTRE_ID: 'seven' },
    ...{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.ca.cert, TEMPORAL_TLS_SERVER_NAME: 'temporal.test' },
  });
});

afterAll(async () => {
  await pawl?.stop();
  await door?.close();
  await servers?.stack.release();
  await rm(folder, { recursive: true, force: true });
});

test('where search attributes may not be created, a worker says which, and how; nothing is started', async () => {
  const { code, stderr } = await pawl.run(['worker']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/namespace "default" lacks the search attributes PawlPipeline, .*may not create them/);
  expect(stderr).toContain('temporal operator search-attribute create --namespace default --name PawlPipeline');
  expect(stderr).toContain(
    'tcld namespace search-attributes add --namespace default --search-attribute "PawlPipeline=Keyword"',
  );
  const { stdout } = await pawl.run(['doctor']);
  expect(stdout).toMatch(/✓ Server .*TLS, API key/);
  expect(stdout).toMatch(/! Attributes +missing: PawlPipeline/);
  expect(stdout).not.toContain(KEY);
});

test('once they are there, everything works with the key', async () => {
  await createAttributes();
  await pawl.startWorker();
  const ran = await pawl.run(['run', 'test/runs/pipelines/three-steps.ts', '--n', '5', '--json']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 8 } });
  for (const call of [
    'PollWorkflowTaskQueue',
    'PollActivityTaskQueue',
    'StartWorkflowExecution',
    'RespondActivityTaskCompleted',
  ])
    expect(door.seen.get(call), call).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-cost-centre-id': 'seven' });
  expect((await pawl.run(['doctor'])).stdout).toMatch(/✓ Attributes[\s\S]*✓ Workers/);
  const applied = await pawl.run(['schedule', 'apply', 'test/runs/pipelines/scheduled.ts']);
  expect(applied, applied.stderr).toMatchObject({ code: 0 });
});

test('a wrong key is refused in so many words', async () => {
  for (const command of ['runs', 'worker']) {
    const { code, stderr } = await pawl.run([command], { TEMPORAL_API_KEY: 'an old one' });
    expect(code, command).toBe(1);
    expect(stderr).toMatch(/does not let this client in: Request unauthorized[\s\S]*TEMPORAL_API_KEY/);
    expect(stderr).not.toContain('an old one');
  }
});

test('a client of one’s own takes the same settings', async () => {
  const ca = await readFile(join(folder, 'ca.pem'));
  const connection = await connectPawl({
    ...{ address: door.address, apiKey: KEY, metadata: { 'x-team': 'a' } },
    tls: { serverNameOverride: 'temporal.test', serverRootCACertificate: ca },
  });
  await connection.temporal.workflow.count();
  expect(door.seen.get('CountWorkflowExecutions')).toMatchObject({
    ...{ authorization: `Bearer ${KEY}`, 'x-team': 'a', 'temporal-namespace': 'default' },
  });
  await connection.close();
});

/** As an operator does it in Temporal Cloud's console: not through the door. */
async function createAttributes(): Promise<void> {
  const { connection } = await connectClient({ address: servers.stack.temporalAddress, namespace: 'default' });
  await ensureSearchAttributes(connection, 'default').finally(() => connection.close());
}
