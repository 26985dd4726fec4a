import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalResult, NodeStatus, Phase } from '../../plan/protocol.js';
import type { RunRecord } from '../../store/index.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-people-'));
  for (const name of ['release', 'expiring', 'sign-all', 'waiting', 'held-approval']) {
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  }
  worker = await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: object, workflowId: string) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId, args: [params] });

const approve = (handle: WorkflowHandle, request: object) => update(handle, 'approve', request);
const send = (handle: WorkflowHandle, request: object) => update(handle, 'send', request);

/** What the run answers, or why it refused. */
async function update(handle: WorkflowHandle, name: string, request: object): Promise<string> {
  try {
    return await handle.executeUpdate<string, [object]>(name, { args: [request] });
  } catch (error) {
    return `refused: ${(error as Error).cause instanceof Error ? ((error as Error).cause as Error).message : error}`;
  }
}

const nodesOf = (handle: WorkflowHandle) => handle.query<NodeStatus[]>('nodes');

async function waits(handle: WorkflowHandle, ...nodes: string[]): Promise<NodeStatus[]> {
  await until(async () => {
    const waiting = (await nodesOf(handle)).filter(({ state }) => state === 'waiting').map(({ node }) => node);
    return nodes.every((node) => waiting.includes(node));
  });
  return nodesOf(handle);
}

/** The run as lists show it, once they show it so. */
async function standing(workflowId: string, phase: Phase): Promise<RunRecord> {
  const latest = () => stack.store.runs.latest(workflowId);
  await until(async () => (await latest())?.phase === phase);
  return (await latest())!;
}

const phaseOf = async (handle: WorkflowHandle) => (await handle.describe()).searchAttributes.PawlPhase;

async function listed(...flags: string[]): Promise<readonly string[]> {
  const { stdout } = await stack.pawl('runs', ...flags, '--json');
  return (JSON.parse(stdout) as readonly RunRecord[]).map(({ workflowId }) => workflowId);
}

async function resultValue(handle: WorkflowHandle): Promise<Record<string, unknown>> {
  return ((await handle.result()) as { value: Record<string, unknown> }).value;
}

describe('an approval', () => {
  test('says what it asks, whom, and until when; two people approve and fill in its form', async () => {
    const handle = await start('release', { n: 1 }, 'approved');
    const nodes = await waits(handle, 'release');
    expect(nodes.find(({ node }) => node === 'release')?.waitsFor).toMatchObject({
      kind: 'approval',
      ask: 'Deploy this model?',
      shows: '{"n":2}',
      roles: ['owner', 'reviewer'],
      quorum: 2,
      decisions: [],
    });
    const waiting = await standing('approved', 'waiting');
    expect(waiting.asks).toMatchObject([
      { node: 'release', kind: 'approval', ask: 'Deploy this model?', roles: ['owner', 'reviewer'] },
    ]);
    expect(await phaseOf(handle)).toEqual(['waiting']);
    expect(await listed('--phase', 'waiting')).toContain('approved');
    expect(await listed('--phase', 'running')).not.toContain('approved');
    expect(await approve(handle, { by: 'ann', role: 'owner', value: { level: 0 } })).toMatch(/refused: .*level/s);
    expect(await approve(handle, { by: 'ann', role: 'owner', value: { levle: 1 } })).toMatch(/Did you mean "level"/);
    expect(await approve(handle, { by: 'ann', role: 'owner', value: { level: 3 } })).toBe(
      'release: 1 of 2 have approved (ann)',
    );
    expect(await approve(handle, { by: ' ann ', role: 'reviewer', value: { level: 3 } })).toMatch(
      'refused: "release" has a decision of ann already',
    );
    expect(await approve(handle, { by: 'bob', role: 'guest', value: { level: 3 } })).toBe(
      'refused: only owner, reviewer may decide at "release", not "guest"',
    );
    expect(await approve(handle, { by: 'bob', value: { level: 3 } })).toMatch('say your role with "role"');
    expect(await approve(handle, { by: 'bob', role: 'reviewer', reason: 'good', value: { level: 4 } })).toBe(
      'release: 2 of 2 have approved (ann, bob)',
    );
    const { release, done } = await resultValue(handle);
    expect(release).toMatchObject({
      approved: true,
      expired: false,
      decisions: [
        { approved: true, by: 'ann', role: 'owner', reason: '' },
        { approved: true, by: 'bob', role: 'reviewer', reason: 'good' },
      ],
      value: { level: 4, note: 'none' },
    });
    expect(done).toEqual({ n: 3 });
    expect(await standing('approved', 'closed')).toMatchObject({ asks: null });
    expect(await phaseOf(handle)).toEqual(['closed']);
    expect(await stack.pawl('replay', 'approved')).toMatchObject({ code: 0 });
  });

  test('is decided against by one refusal; later decisions are refused', async () => {
    const handle = await start('release', { n: 1 }, 'refused');
    await waits(handle, 'release');
    await approve(handle, { by: 'ann', role: 'owner', value: { level: 3 } });
    expect(await approve(handle, { by: 'bob', role: 'owner', approved: false, value: { level: 1 } })).toMatch(
      'a refusal fills nothing in',
    );
    expect(await approve(handle, { by: 'bob', role: 'owner', approved: false, reason: 'too slow' })).toBe(
      'release: refused by bob (too slow)',
    );
    expect((await resultValue(handle)) as { release: ApprovalResult }).toMatchObject({
      release: { approved: false, expired: false, value: null },
      done: { n: 1 },
    });
  });

  test('that nobody decides in time is declined, or rejects the run', async () => {
    const mild = await start('expiring', { reject: false }, 'expired-mild');
    const strict = await start('expiring', { reject: true }, 'expired-strict');
    const late = { approved: false, expired: true, decisions: [], value: null };
    expect(await mild.result()).toMatchObject({ outcome: 'succeeded', value: { answer: late } });
    expect(await strict.result()).toMatchObject({ outcome: 'rejected', value: late });
  });

  test('counts what was decided before it was reached, and before the run had begun', async () => {
    const request = { by: 'ann', reason: 'early' };
    const handle = await start('waiting', { file: join(folder, 'early'), waitMs: 1500 }, 'early');
    expect(await Promise.all([approve(handle, request), send(handle, { node: 'soon', value: { n: 4 } })])).toEqual([
      'approval: 1 of 1 have approved (ann)',
      'soon: the event is there',
    ]);
    expect(await approve(handle, { by: 'bob', approved: false })).toMatch('is decided already: 1 of 1');
    expect(await send(handle, { node: 'soon', value: { n: 5 } })).toBe('refused: "soon" has its event already');
    await waits(handle, 'labels-ready');
    expect(await send(handle, { node: 'labels-ready', value: { file: 'x' } })).toMatch(/refused: .*file/s);
    expect(await send(handle, { node: 'labels-ready', value: { file: 'labels.csv' } })).toBe(
      'labels-ready: the event is there',
    );
    expect(await resultValue(handle)).toMatchObject({
      labels: { file: 'labels.csv' },
      soon: { n: 4 },
      release: { approved: true },
    });
    expect(await stack.pawl('replay', 'early')).toMatchObject({ code: 0 });
  });

  test('names what there is when a request is wrong', async () => {
    const handle = await start('waiting', { file: join(folder, 'wrong'), waitMs: 0 }, 'wrong');
    await waits(handle, 'labels-ready', 'soon');
    expect(await send(handle, { node: 'labels-redy', value: 1 })).toBe(
      'refused: this run has no waitFor "labels-redy". Did you mean "labels-ready"?',
    );
    expect(await send(handle, { node: 'approval', value: 1 })).toBe(
      'refused: "approval" is an approval, not a waitFor: answer it with the Update "approve"',
    );
    expect(await send(handle, { node: 'mark' })).toMatch('"mark" is a step and waits for nobody');
    expect(await approve(handle, { aproved: false })).toBe(
      'refused: the input has no field "aproved". Did you mean "approved"?',
    );
    expect(await approve(handle, { approved: 'no' })).toMatch('"approved" must be true or false');
    expect(await approve(handle, { value: 1 })).toMatch('asks for nothing to be filled in');
    await until(async () => (await nodesOf(handle)).some(({ node, state }) => node === 'soon' && state === 'done'));
    expect(await send(handle, { node: 'soon', value: { n: 1 } })).toMatch('"soon" has waited long enough');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });

  test('is shown in the Temporal UI with the way to decide', async () => {
    const handle = await start('release', { n: 1 }, 'shown');
    await waits(handle, 'release');
    const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('**Waits at release**: Deploy this model?');
    expect(metadata.currentDetails).toContain('`{"node": "release", "approved": true');
    expect(metadata).toMatchObject({
      definition: { updateDefinitions: expect.arrayContaining([expect.objectContaining({ name: 'approve' })]) },
    });
    await handle.cancel();
  });
});

describe('in a map', () => {
  test('each item has its own approval and event, also when they come early', async () => {
    const handle = await start('sign-all', { names: ['a', 'b/]c'] }, 'items');
    await waits(handle, 'map[a]/sign', 'map[b/]c]/sign');
    expect(await approve(handle, { by: 'ann' })).toBe(
      'refused: 2 nodes wait: say which with "node": map[a]/sign, map[b/]c]/sign',
    );
    expect(await approve(handle, { node: 'map/sign' })).toMatch(
      '"map/sign" is there once for each item: write map[KEY]/sign',
    );
    expect(await send(handle, { node: 'map[a]/labels', value: { rows: 7 } })).toBe('map[a]/labels: the event is there');
    expect(await approve(handle, { node: 'map[a]/sign', by: 'ann' })).toMatch('1 of 1');
    expect(await approve(handle, { node: 'map[b/]c]/sign', by: 'ann', approved: false })).toMatch('refused by ann');
    expect(await send(handle, { node: 'map[b/]c]/labels', value: { rows: 8 } })).toMatch('the event is there');
    expect(await resultValue(handle)).toEqual([
      { name: 'a', approved: true, rows: 7 },
      { name: 'b/]c', approved: false, rows: 8 },
    ]);
    expect(await stack.pawl('replay', 'items')).toMatchObject({ code: 0 });
  });
});

describe('in a pipeline that is called', () => {
  test('an approval goes its way while another branch is held', async () => {
    const file = join(folder, 'made-later');
    const handle = await start('held-approval', { file }, 'held');
    const [waiting] = (await waits(handle, 'sign/approval')).filter(({ waitsFor }) => waitsFor);
    expect(waiting).toMatchObject({ node: 'sign/approval', waitsFor: { shows: '{"name":"both"}' } });
    // An operator comes first, and the people are asked all the same.
    expect((await standing('held', 'held')).asks).toMatchObject([{ node: 'sign/approval' }]);
    expect(await approve(handle, { node: 'approval', by: 'ann', value: { name: 'x' } })).toBe(
      'sign/approval: 1 of 1 have approved (ann)',
    );
    expect((await nodesOf(handle)).find(({ node }) => node === 'need-file')?.state).toBe('held');
    await until(async () => (await standing('held', 'held')).asks === null);
    await writeFile(file, '');
    expect(await stack.pawl('retry', 'held')).toMatchObject({ code: 0 });
    expect(await resultValue(handle)).toMatchObject({
      read: { file },
      signed: { approved: true, value: { name: 'x' } },
    });
  });
});

describe('the end of a run', () => {
  test('ends the waiting within three seconds when it is cancelled', async () => {
    const handle = await start('release', { n: 1 }, 'cancelled');
    await waits(handle, 'release');
    const began = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(Date.now() - began).toBeLessThan(3000);
    expect((await handle.describe()).memo).toMatchObject({
      result: { nodes: [{ node: 'add' }, { node: 'release', state: 'cancelled' }] },
    });
    expect(await stack.pawl('replay', 'cancelled')).toMatchObject({ code: 0 });
  });

  test('answers what was sent to a run that could not begin', async () => {
    const handle = await stack.client.workflow.start('no-such', {
      taskQueue: 'pawl',
      workflowId: 'no-such',
      args: [{}],
    });
    expect(await approve(handle, {})).toMatch(
      /refused: (the run could not begin: no pipeline called|.*already completed)/,
    );
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UnknownPipeline' } });
  });
});

describe('on the command line', () => {
  const names = (...options: string[]) => ['--node', 'release', ...options];

  test('a run says for whom it waits and how they answer, also to a script', async () => {
    const params = JSON.stringify({ file: join(folder, 'script'), waitMs: 0 });
    const script = stack.launch('run', 'waiting', '--id', 'script', '--params', params, '--json');
    const event = 'labels-ready waits for: an event  →  pawl send script labels-ready --value \'{"file":…}\'';
    await until(async () => script.said(event), 20_000);
    const sent = await stack.pawl('send', 'script', 'labels-ready', '--value', '{"file":"l.csv"}', '--detach');
    expect(sent).toMatchObject({ code: 0, stdout: 'labels-ready: the event is there\n' });
    await until(async () => script.said('approval waits for: Deploy?  →  pawl approve script --node approval'));
    const refused = await stack.pawl('approve', 'script', '--refuse', '--reason', 'not yet', '--by', 'ann', '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'succeeded',
      result: { release: { approved: false } },
    });
    const { code, stdout } = await script.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      result: { release: { decisions: [{ by: 'ann', reason: 'not yet' }] } },
    });
  });

  test('is shown, decided wrong, and decided by two', async () => {
    const handle = await start('release', { n: 1 }, 'terminal');
    await waits(handle, 'release');
    const { stdout } = await stack.pawl('show', 'terminal');
    expect(stdout).toContain(
      'release waits for: Deploy this model? {"n":2}, by owner or reviewer, 0 of 2 have approved',
    );
    expect(stdout).toContain(`pawl approve terminal --node release --role owner --value '{"level":…}'`);
    const wrong = await stack.pawl('approve', 'terminal', '--node', 'relaese');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toContain('this run has no approval "relaese". Did you mean "release"?');
    expect((await stack.pawl('approve', 'terminal', ...names('--value', '{level:1}'))).stderr).toContain('is not JSON');
    const level = ['--role', 'owner', '--value', '{"level":2}'];
    expect(await stack.pawl('approve', 'terminal', ...names('--by', 'ann', '--detach', ...level))).toMatchObject({
      code: 0,
      stdout: 'release: 1 of 2 have approved (ann)\n',
    });
    const second = await stack.pawl('approve', 'terminal', ...names('--by', 'bob', ...level));
    expect(second).toMatchObject({ code: 0 });
    expect(second.stderr).toContain('2 of 2 have approved (ann, bob)');
    expect(second.stdout).toContain('succeeded terminal');
    expect((await stack.pawl('approve', 'terminal')).stderr).toContain('is closed already: succeeded');
    expect((await stack.pawl('approve', 'never-was')).stderr).toContain('no run is called "never-was"');
  });
});

test('without a worker, what a run asked is still said, and that nobody takes the answer', async () => {
  await start('release', { n: 1 }, 'unattended');
  await standing('unattended', 'waiting');
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const { stdout } = await stack.pawl('show', 'unattended');
  expect(stdout).toContain('No worker answers');
  expect(stdout).toContain('release waited for: Deploy this model?');
  expect((await stack.pawl('runs', '--phase', 'waiting')).stdout).toMatch(
    /unattended +waiting .* release: Deploy this model\? \(owner, reviewer\)/,
  );
}, 60_000);
