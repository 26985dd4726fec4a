import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHUNK_WORKFLOW } from '../../plan/chunk.js';
import type { NodeStatus, RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-big-maps-'));
  const published = await stack.pawl('publish', 'test/runs/pipelines/big-maps.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 90_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (params: object, id: string) =>
  stack.client.workflow.start('big-maps', { taskQueue: 'pawl', workflowId: id, args: [params] });
const run = async (params: object, id: string) => (await (await start(params, id)).result()) as RunResult;
const handleOf = (id: string) => stack.client.workflow.getHandle(id);
const nodesOf = (id: string) => handleOf(id).query<readonly NodeStatus[]>('nodes');
const heldNodes = async (id: string) =>
  (await nodesOf(id)).filter(({ state }) => state === 'held').map(({ node }) => node);
const lines = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);

/** The workflows that a run started for parts of its maps. */
async function chunksOf(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    return started?.workflowType?.name === CHUNK_WORKFLOW ? [started.workflowExecution!.workflowId!] : [];
  });
}

/** The ends of the ids of nodes that were not skipped. */
function shown(nodes: readonly NodeStatus[]): readonly string[] {
  return nodes.flatMap(({ node, state }) => (state === 'skipped' ? [] : [node.split('/').at(-1)!]));
}

async function eventsOf(id: string): Promise<number> {
  return Number((await handleOf(id).describe()).historyLength);
}

describe('a map over more items than one workflow runs', () => {
  test('runs them in others, and gives their results in order', async () => {
    const count = 1200;
    const handle = await start({ kind: 'light', count }, 'light');
    const result = (await handle.result()) as RunResult;
    const sum = (count * (count - 1)) / 2 + 2 * count;
    expect(result).toMatchObject({ outcome: 'succeeded', value: { count, sum, gaps: [], inOrder: true } });
    expect(shown(result.nodes)).toEqual(['match', 'make-items', 'one', 'map', 'sum']);
    expect(result.nodes.find(({ node }) => node === 'match.light/map')).toMatchObject({
      state: 'done',
      progress: { done: count, of: count },
    });
    const chunks = await chunksOf(handle);
    expect(chunks).toHaveLength(6);
    expect(await eventsOf('light')).toBeLessThan(150);
    for (const id of ['light', chunks[3]!])
      expect(await stack.pawl('replay', id)).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);

  test('runs their steps as steps of the run', async () => {
    const count = 450;
    const file = join(folder, 'work');
    const handle = await start({ kind: 'work', count, file }, 'work');
    expect(await handle.result()).toMatchObject({ value: { count, runs: ['work'], keys: count, gaps: [] } });
    expect((await lines(file)).map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
    const nodes = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    const works = nodes.filter(({ step }) => step === 'work');
    expect(works).toHaveLength(count);
    expect(works.every(({ state, generation }) => state === 'committed' && generation === 0)).toBe(true);
    expect(works.map(({ node }) => node)).toContain('match.work/map[item-449]/work');
    const all = await stack.pawl('runs', '--json');
    expect(
      JSON.parse(all.stdout)
        .map(({ workflowId }: { workflowId: string }) => workflowId)
        .sort(),
    ).toEqual(['light', 'work']);
  }, 60_000);
});
