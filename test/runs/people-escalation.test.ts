import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeStatus, WaitsForApproval } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let receiver: Server;
const alerts: Record<string, unknown>[] = [];
/** What the receiver of alerts answers to the next ones. */
const answers: number[] = [500];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const status = answers.shift() ?? 204;
      if (status === 204) alerts.push(JSON.parse(body));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  process.env.PAWL_ALERT_URL = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/secret-path`;
  stack = await startTestStack();
  for (const name of ['escalating', 'escalating-late']) {
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  }
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_ALERT_URL;
  await stack.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

const start = (pipeline: string, workflowId: string, params: object) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId, args: [params] });

async function approve(handle: WorkflowHandle, request: object): Promise<string> {
  try {
    return await handle.executeUpdate<string, [object]>('approve', { args: [request] });
  } catch (error) {
    return `refused: ${((error as Error).cause as Error).message}`;
  }
}

async function waitOf(handle: WorkflowHandle, id: string): Promise<WaitsForApproval | undefined> {
  const nodes = await handle.query<NodeStatus[]>('nodes');
  return nodes.find(({ node }) => node === id)?.waitsFor as WaitsForApproval | undefined;
}

/** What lists of runs say that it asks. */
const asksOf = async (workflowId: string) => (await stack.store.runs.latest(workflowId))?.asks ?? [];

/** Waits until those of a role may decide. */
const mayDecide = (handle: WorkflowHandle, role: string) =>
  until(async () => (await waitOf(handle, 'release'))?.roles.includes(role) === true, 30_000);

describe('an approval that nobody decides', () => {
  test('goes to others too, then to others instead, and says so', async () => {
    const handle = await start('escalating', 'escalated', { n: 1 });
    await mayDecide(handle, 'head');
    expect((await waitOf(handle, 'release'))?.roles).toEqual(['owner', 'head']);
    await until(async () => (await asksOf('escalated'))[0]?.roles?.includes('head') === true);
    await mayDecide(handle, 'board');
    expect(await waitOf(handle, 'release')).toMatchObject({
      roles: ['board'],
      escalations: [
        { roles: ['head'], reached: true },
        { roles: ['board'], instead: true, reached: true },
      ],
    });
    expect(await approve(handle, { by: 'ann', role: 'owner' })).toBe(
      'refused: only board may decide at "release", not "owner"',
    );
    expect(await approve(handle, { by: 'bea', role: 'board' })).toBe('release: 1 of 1 have approved (bea)');
    expect(await handle.result()).toMatchObject({
      outcome: 'succeeded',
      value: {
        late: true,
        release: { approved: true, escalated: true, expired: false, decisions: [{ by: 'bea', role: 'board' }] },
      },
    });
    expect(await stack.pawl('replay', 'escalated')).toMatchObject({ code: 0 });
  });

  test('is told of once for each stage, also when the receiver was away', async () => {
    const told = () => alerts.filter(({ run, kind }) => run === 'escalated' && kind === 'escalated');
    await until(() => told().length >= 2);
    expect(
      told().map(({ kind, node, environment, roles, text }) => ({ kind, node, environment, roles, text })),
    ).toEqual(
      expect.arrayContaining([
        {
          kind: 'escalated',
          node: 'release',
          environment: 'dev',
          roles: ['head'],
          text: 'escalated: nobody has decided at "release" yet, so owner, head may now: Deploy this model?',
        },
        expect.objectContaining({ roles: ['board'] }),
      ]),
    );
    expect(new Set(told().map(({ id }) => id)).size).toBe(2);
  });

  test('says from when others may decide; expires in the end, whoever could have decided', async () => {
    const handle = await start('escalating-late', 'late', {});
    await until(async () => (await waitOf(handle, 'late')) !== undefined);
    expect(await waitOf(handle, 'late')).toMatchObject({
      roles: ['owner'],
      escalations: [{ roles: ['head'], reached: false }],
    });
    const early = await approve(handle, { node: 'late', by: 'eve', role: 'head' });
    expect(early).toMatch(/^refused: only owner may decide at "late", not "head"; "head" may from \d{4}-/);
    expect((await stack.pawl('show', 'late')).stdout).toMatch(
      /late waits for: Go on\?, by owner, from \d{4}-\d\d-\d\dT[\d:]+Z head/,
    );
    const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(/By: owner\. From \S+Z: head\./);
    expect(await approve(handle, { node: 'late', by: 'ann', role: 'owner' })).toBe('late: 1 of 1 have approved (ann)');
    expect(await handle.result()).toMatchObject({
      value: {
        soon: { approved: false, escalated: true, expired: true, decisions: [] },
        late: { approved: true, escalated: false, expired: false },
      },
    });
    expect(await stack.pawl('replay', 'late')).toMatchObject({ code: 0 });
  });
});
