import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeStatus, RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-control-'));
  for (const name of ['ways', 'sleeping', 'gaps', 'exits']) {
    const published = await stack.pawl('publish', `test/runs/pipelines/${name}.ts`);
    expect(published, published.stderr).toMatchObject({ code: 0 });
  }
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: unknown, id: string) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId: id, args: [params] });
const run = async (pipeline: string, params: unknown, id: string) =>
  (await (await start(pipeline, params, id)).result()) as RunResult;
const stateOf = (nodes: readonly NodeStatus[], id: string) => nodes.find(({ node }) => node === id)?.state;

describe('match, present, reduce and pipelines, in one another', () => {
  test('go the ways of the values, with the params of each pipeline checked and filled in', async () => {
    const result = await run('ways', { kinds: ['number', 'list'], n: 3, twice: true }, 'ways');
    expect(result).toMatchObject({
      outcome: 'succeeded',
      value: {
        found: [
          { total: 4, there: 4, absent: null, best: 3, extra: 100 },
          { total: 6, there: 4, absent: null, best: 3, extra: 100 },
        ],
        again: { total: 4, there: 4, absent: null, best: 3, extra: 1 },
        gathered: [{ n: 4 }, { n: 4 }],
      },
    });
    expect(stateOf(result.nodes, 'map[list]/ways-inner/match.list/reduce[item-2]/sum')).toBe('done');
    expect(stateOf(result.nodes, 'map[list]/ways-inner/match.number/add')).toBe('skipped');
    expect(stateOf(result.nodes, 'when.then/again/present-rest.then/rest')).toBe('skipped');
  });
});
