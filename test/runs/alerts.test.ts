import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostedAlert } from '../../worker/alerts/send-alert.js';
import { environmentOf } from '../../worker/embedded-environment.js';
import { type RunningWorker, startWorker } from '../../worker/start-worker.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let server: Server;
let worker: RunningWorker;
const posted: PostedAlert[] = [];
let refusals = 1;

beforeAll(async () => {
  stack = await startTestStack();
  server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    refusals -= 1;
    if (refusals < 0) posted.push(JSON.parse(text) as PostedAlert);
    response.writeHead(refusals < 0 ? 200 : 503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const name of ['brief-hold', 'release', 'sign-all'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  process.env.PAWL_ALERT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
  worker = await startWorker({ environment: environmentOf(stack.stack), sweepMs: 300, logLevel: 'ERROR' });
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_ALERT_URL;
  await worker.stop();
  server.close();
  await stack.stop();
});

const about = (run: string) => posted.filter((alert) => alert.run === run);

describe('people are told', () => {
  test('of a run that is held, has been for half of its time, and has failed; each once, though one was refused', async () => {
    const options = { taskQueue: 'pawl', workflowId: 'told', args: [{}] };
    const handle = await stack.client.workflow.start('brief-hold', options);
    await until(async () => (await stack.store.runs.latest('told'))?.phase === 'held', 20_000);
    const shown = await stack.pawl('show', 'told', '--json');
    const [fault] = JSON.parse(shown.stdout).error;
    expect(Date.parse(fault.held.until) - Date.parse(fault.held.since)).toBe(4000);
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'never: this never works' } });
    await until(() => about('told').some(({ kind }) => kind === 'failed'), 30_000);
    await until(() => about('told').length === 3, 30_000);
    const kinds = about('told').map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['failed', 'half', 'held']);
    const held = about('told').find(({ kind }) => kind === 'held');
    expect(held).toMatchObject({
      pipeline: 'brief-hold',
      node: 'never',
      environment: 'dev',
      until: fault.held.until,
      faults: [{ message: 'this never works' }],
      text: expect.stringMatching(
        /^told is held at never: this never works\nUntil .*: pawl retry told, pawl skip told/,
      ),
    });
  }, 60_000);

  test('of an approval that a run asks for, and once of all that it asks for at the same moment', async () => {
    const start = (pipeline: string, workflowId: string, params: object) =>
      stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId, args: [params] });
    const release = await start('release', 'asks', { n: 1 });
    const all = await start('sign-all', 'asks-all', { names: ['a', 'b', 'c'] });
    await until(() => about('asks').length === 1 && about('asks-all').length === 1, 30_000);
    expect(about('asks')[0]).toMatchObject({
      kind: 'asked',
      node: 'release',
      roles: ['owner', 'reviewer'],
      text: expect.stringMatching(
        /^asks asks for a decision at release \(owner, reviewer\): Deploy this model\?\nUntil .*: pawl show asks$/,
      ),
    });
    expect(about('asks-all')[0]!.text).toMatch(/ and at 2 more/);
    await release.terminate();
    await all.terminate();
  }, 60_000);

  test('of firings that a schedule skipped for a run that is still open, once for each such run', async () => {
    const schedule = await stack.client.schedule.create({
      scheduleId: 'pawl-brief-hold',
      spec: { intervals: [{ every: '1s' }] },
      action: { type: 'startWorkflow', workflowType: 'brief-hold', taskQueue: 'pawl', args: [{}], workflowId: 'fired' },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
    });
    await until(() => posted.some(({ kind }) => kind === 'skipped-firing'), 30_000);
    await schedule.delete();
    const skipped = posted.filter(({ kind }) => kind === 'skipped-firing');
    expect(skipped[0]).toMatchObject({ pipeline: 'brief-hold', run: expect.stringMatching(/^fired-/) });
    expect(skipped[0]!.text).toContain(`the run ${skipped[0]!.run} is still open`);
    const open = skipped.flatMap(({ runId }) => runId ?? []);
    expect(new Set(open).size).toBe(open.length);
  }, 60_000);

  test('nothing of the address is kept anywhere', async () => {
    const { events } = await stack.client.workflow.getHandle('told').fetchHistory();
    expect(JSON.stringify(events)).not.toContain('secret-path');
  });
});
