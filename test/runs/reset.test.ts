import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-reset-'));
  for (const name of ['marks', 'parts', 'release'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: object, id: string) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId: id, args: [params] });
const linesOf = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
const nodesOf = (runId: string) => stack.store.journal.nodesOfRun(runId);

async function pointOf(handle: WorkflowHandle, isPoint: (completedActivities: number) => boolean): Promise<unknown> {
  const { events } = await handle.fetchHistory();
  let activities = 0;
  for (const event of events ?? []) {
    if (event.activityTaskCompletedEventAttributes) activities += 1;
    if (event.workflowTaskCompletedEventAttributes && isPoint(activities)) return event.eventId;
  }
  return undefined;
}

/** Resets a run to the workflow task that came after an activity's end: the last one that was completed before. */
async function reset(handle: WorkflowHandle, isPoint: (completedActivities: number) => boolean): Promise<string> {
  const { workflowId } = handle;
  let eventId: unknown;
  await until(async () => {
    eventId = await pointOf(handle, isPoint);
    return eventId !== undefined;
  });
  const { runId } = await stack.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: (await handle.describe()).runId },
    reason: 'by hand',
    workflowTaskFinishEventId: eventId as never,
    requestId: `${workflowId}-${String(eventId)}`,
  });
  return runId!;
}

describe('a run that is reset while a step is at work', () => {
  test('keeps what was recorded, runs the rest as another run, and the old attempt is fenced and stops', async () => {
    const file = join(folder, 'at-work');
    const old = await start('marks', { file, waitMs: 60_000 }, 'at-work');
    await until(async () => (await linesOf(file)).length === 2, 20_000);
    // After `begin` and `first`.
    const runId = await reset(old, (activities) => activities === 2);
    const from = old.firstExecutionRunId;
    await until(async () => (await stack.store.runs.run(from))?.phase === 'closed', 20_000);
    const before = await stack.store.runs.run(from);
    expect(before).toMatchObject({ outcome: 'aborted', error: [{ type: 'Reset' }] });
    expect(await stack.store.runs.latest('at-work')).toMatchObject({
      runId,
      phase: 'running',
      params: { file, waitMs: 60_000 },
      planHash: before!.planHash,
      nominalTime: before!.nominalTime,
      origin: { reset: from },
    });
    // The step begins anew, under the new run's key.
    await until(async () => (await linesOf(file)).length === 3, 20_000);
    expect(await linesOf(file)).toEqual([`first ${from}/first`, `first ${from}/second`, `first ${runId}/second`]);
    expect(await nodesOf(runId)).toMatchObject([
      { node: 'first', state: 'committed', reusedFrom: { runId: from } },
      { node: 'second', state: 'claimed', generation: 0 },
    ]);
    const shown = await stack.pawl('show', 'at-work', '--node', 'first');
    expect(shown.stdout).toContain('"word": "first"');
    const cancelled = await stack.pawl('cancel', 'at-work', '--json');
    expect(cancelled.code).toBe(5);
    expect(await stack.store.runs.run(runId)).toMatchObject({ phase: 'closed', outcome: 'cancelled' });
    expect((await nodesOf(from)).find(({ node }) => node === 'second')).toMatchObject({ state: 'claimed' });
    expect(await stack.pawl('replay', 'at-work')).toMatchObject({ code: 0 });
  });
});

describe('a run that is reset', () => {
  test('to before an approval asks again, and lists say so', async () => {
    const old = await start('release', { n: 1 }, 'asking');
    await until(async () => (await stack.store.runs.latest('asking'))?.phase === 'waiting', 20_000);
    // After `begin` and `add`: the approval begins in the same workflow task.
    const runId = await reset(old, (activities) => activities === 2);
    await until(async () => (await stack.store.runs.run(runId))?.phase === 'waiting', 20_000);
    expect((await stack.store.runs.run(runId))!.asks).toMatchObject([{ node: 'release', kind: 'approval' }]);
    const handle = stack.client.workflow.getHandle('asking');
    for (const [by, role] of [
      ['ann', 'owner'],
      ['bob', 'reviewer'],
    ] as const)
      await handle.executeUpdate('approve', { args: [{ by, role, value: { level: 1 } }] });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(await stack.store.runs.run(runId)).toMatchObject({ phase: 'closed', asks: null });
    expect(await stack.pawl('replay', 'asking')).toMatchObject({ code: 0 });
  });

  test('to the beginning begins again, with the plan that is current', async () => {
    const file = join(folder, 'begun');
    const old = await start('marks', { file, waitMs: 60_000 }, 'begun');
    await until(async () => (await linesOf(file)).length === 2, 20_000);
    const runId = await reset(old, () => true);
    await until(async () => (await linesOf(file)).length === 4, 20_000);
    expect(await stack.store.runs.run(runId)).toMatchObject({ phase: 'running', params: { file, waitMs: 60_000 } });
    await until(async () => (await stack.store.runs.run(old.firstExecutionRunId))?.phase === 'closed', 20_000);
    await stack.client.workflow.getHandle('begun').cancel();
  });

  test('when it is held: what broke runs again', async () => {
    const file = join(folder, 'held');
    await writeFile(`${file}.breaks-third`, '');
    const old = await start('parts', { file }, 'held');
    await until(async () => (await stack.store.runs.latest('held'))?.phase === 'held', 20_000);
    await rm(`${file}.breaks-third`);
    const before = (await linesOf(file)).length;
    const runId = await reset(old, (activities) => activities >= 3);
    const handle = stack.client.workflow.getHandle('held', runId);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { n: 4, beside: 2 } });
    expect((await linesOf(file)).slice(before)).toContain('third');
    expect((await linesOf(file)).slice(before)).not.toContain('first');
    expect(await stack.store.runs.run(runId)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(await stack.store.runs.run(old.firstExecutionRunId)).toMatchObject({ outcome: 'aborted' });
  });

  test('after it has ended keeps its outcome; the new run has its own, and may be reset in turn', async () => {
    const file = join(folder, 'ended');
    const old = await start('parts', { file }, 'ended');
    await old.result();
    const ran = (await linesOf(file)).length;
    const second = await reset(old, (activities) => activities === 2);
    const handle = stack.client.workflow.getHandle('ended', second);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect((await linesOf(file)).slice(ran).sort()).toEqual(['a', 'b', 'beside', 'second', 'third']);
    const third = await reset(handle, (activities) => activities === 2);
    expect(await stack.client.workflow.getHandle('ended', third).result()).toMatchObject({ outcome: 'succeeded' });
    for (const runId of [old.firstExecutionRunId, second, third])
      expect(await stack.store.runs.run(runId)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(await stack.store.runs.run(third)).toMatchObject({ origin: { reset: second } });
    expect((await nodesOf(third)).filter(({ node }) => node === 'first')).toMatchObject([
      { reusedFrom: { runId: old.firstExecutionRunId } },
    ]);
    expect(await stack.pawl('replay', 'ended')).toMatchObject({ code: 0 });
  });
});
