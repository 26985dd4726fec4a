import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeStatus, RunMessage, type RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-same-work-'));
  const published = await stack.pawl('publish', 'test/runs/pipelines/same-work.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  await Promise.all([stack.startWorker(), stack.startWorker()]);
}, 90_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs of one kind on the same input, which end when they are let go. */
function group(kind: 'dear' | 'twice' | 'seeded' | 'personal', name: string) {
  const file = join(folder, name);
  const gate = `${file}.gate`;
  const start = (run: string, memo?: Record<string, unknown>) =>
    stack.client.workflow.start('same-work', {
      taskQueue: 'pawl',
      workflowId: `${name}-${run}`,
      args: [{ kind, file, until: gate }],
      memo,
    });
  return {
    start,
    letGo: () => writeFile(gate, ''),
    fail: () => writeFile(`${gate}.fails`, ''),
    mend: () => rm(`${gate}.fails`),
    ran: async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean),
  };
}

type Handle = Awaited<ReturnType<ReturnType<typeof group>['start']>>;

const statusOf = async (handle: Handle, node = 'match.dear/dear'): Promise<NodeStatus | undefined> =>
  (await handle.query<readonly NodeStatus[]>(RunMessage.nodes)).find((each) => each.node === node);
const waits = async (handle: Handle, node?: string): Promise<boolean> =>
  (await statusOf(handle, node))?.state === 'waiting';
const entryOf = async (handle: Handle, node = 'match.dear/dear') =>
  (await stack.store.journal.nodesOfRun(handle.firstExecutionRunId)).find((entry) => entry.node === node);

describe('two runs that want the same work at the same time', () => {
  test('have it done once; the other waits without an activity, says for whom, and takes the output over', async () => {
    const work = group('dear', 'both');
    const first = await work.start('a');
    await until(async () => (await work.ran()).length === 1);
    const second = await work.start('b');
    await until(() => waits(second));
    expect(await statusOf(second)).toMatchObject({
      waitsFor: { kind: 'work', run: 'both-a', node: 'match.dear/dear' },
    });
    await until(async () => ((await second.describe()).raw.pendingActivities ?? []).length === 0);
    // It looks again now and then, and is at work in that moment.
    await until(async () =>
      /dear +waiting .*waits for run both-a, node match\.dear\/dear, which does the same work/.test(
        (await stack.pawl('show', 'both-b')).stdout,
      ),
    );
    await work.letGo();
    expect(await first.result()).toMatchObject({ outcome: 'succeeded', value: { n: 2 } });
    const { value, nodes } = (await second.result()) as RunResult;
    expect(value).toEqual({ n: 2 });
    expect(nodes).toContainEqual(
      expect.objectContaining({ node: 'match.dear/dear', reused: { run: 'both-a', node: 'match.dear/dear' } }),
    );
    expect(await work.ran()).toEqual(['dear']);
    expect((await entryOf(second))?.cacheReason).toMatch(/^reused from run both-a, after a wait of \d+ s$/);
    expect(await stack.pawl('replay', 'both-b')).toMatchObject({ code: 0 });
  });

  test('of many runs and nodes one does it', async () => {
    const work = group('twice', 'many');
    const handles = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((run) => work.start(run)));
    await until(async () => (await work.ran()).length === 1);
    await until(async () => {
      const tables = await Promise.all(handles.map((handle) => handle.query<readonly NodeStatus[]>(RunMessage.nodes)));
      return tables.flat().filter(({ state }) => state === 'waiting').length === 9;
    });
    await work.letGo();
    for (const handle of handles) expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(await work.ran()).toEqual(['dear']);
  });
});

describe('when the one that works', () => {
  test('fails, the next one runs', async () => {
    const work = group('dear', 'fails');
    await work.fail();
    const first = await work.start('a');
    await until(async () => (await work.ran()).length === 1);
    const second = await work.start('b');
    await until(() => waits(second));
    await work.letGo();
    await until(async () => (await statusOf(first))?.state === 'held');
    await until(async () => (await statusOf(second))?.state === 'held');
    expect(await work.ran()).toEqual(['dear', 'dear']);
    await work.mend();
    await first.executeUpdate('retry', { args: [{}] });
    expect(await first.result()).toMatchObject({ outcome: 'succeeded' });
    await second.executeUpdate('abort', { args: [{ reason: 'enough' }] });
  });

  test('is cancelled, the next one runs', async () => {
    const work = group('dear', 'cancelled');
    const first = await work.start('a');
    await until(async () => (await work.ran()).length === 1);
    const second = await work.start('b');
    await until(() => waits(second));
    await first.cancel();
    await until(async () => (await work.ran()).length === 2);
    await work.letGo();
    expect(await second.result()).toMatchObject({ outcome: 'succeeded', value: { n: 2 } });
    expect((await entryOf(second))?.cacheReason).toMatch(/after a wait of \d+ s$/);
  });
});

test('a run that waits is cancelled at once, and the one that works goes on', async () => {
  const work = group('dear', 'waiting-cancelled');
  const first = await work.start('a');
  await until(async () => (await work.ran()).length === 1);
  const second = await work.start('b');
  await until(() => waits(second));
  await second.cancel();
  await expect(second.result()).rejects.toThrow();
  expect((await second.describe()).memo).toMatchObject({ outcome: 'cancelled' });
  await work.letGo();
  expect(await first.result()).toMatchObject({ outcome: 'succeeded' });
});

describe('nobody waits', () => {
  test('for work whose output differs by the seed, once that is known', async () => {
    const work = group('seeded', 'seeds');
    const handle = await work.start('a');
    await until(async () => (await work.ran()).length === 2, 20_000);
    const other = await work.start('b');
    await until(async () => (await waits(other, 'match.seeded/one')) && waits(other, 'match.seeded/two'), 20_000);
    await work.letGo();
    const results = await Promise.all([handle.result(), other.result()]);
    expect(results[1]).toMatchObject({ value: (results[0] as RunResult).value });
    expect(await work.ran()).toHaveLength(2);
  });

  test('for work that cannot be taken over', async () => {
    const work = group('personal', 'own');
    const handle = await work.start('a');
    await until(async () => (await work.ran()).length === 2, 20_000);
    await work.letGo();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
  });

  test('where reuse is off for the run, and a run that refreshes waits for nobody', async () => {
    const work = group('dear', 'switched');
    await work.start('a');
    await until(async () => (await work.ran()).length === 1);
    const off = await work.start('b', { reuse: 'off' });
    const fresh = await work.start('c', { reuse: 'refresh' });
    await until(async () => (await work.ran()).length === 3);
    await work.letGo();
    for (const handle of [off, fresh]) expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
  });

  test('for a run that refreshes, unless it came first', async () => {
    const work = group('dear', 'fresh-first');
    const fresh = await work.start('a', { reuse: 'refresh' });
    await until(async () => (await work.ran()).length === 1);
    const second = await work.start('b');
    await until(() => waits(second));
    await work.letGo();
    await Promise.all([fresh.result(), second.result()]);
    expect(await work.ran()).toEqual(['dear']);
  });
});
