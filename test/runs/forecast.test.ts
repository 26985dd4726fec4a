import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunForecast } from '../../worker/forecast/forecast.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';

const PIPELINE = 'test/runs/pipelines/forecast.ts';
const KINDS = 'test/runs/pipelines/forecast-kinds.ts';
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

async function plan(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await stack.pawl('plan', ...args);
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  // The plan's hash is of the steps' code too, which these tests are not about.
  return stdout.replace(/plan [0-9a-f]{12}/, 'plan HASH').replace(/ +$/gm, '');
}

const golden = (name: string): Promise<string> => readFile(join(projectFolder, 'test/runs/golden', name), 'utf8');

async function foreseen(...args: string[]): Promise<Record<string, string>> {
  const { nodes } = JSON.parse((await stack.pawl('plan', ...args, '--json')).stdout) as RunForecast;
  return Object.fromEntries(nodes.filter(({ kind }) => kind === 'step').map(({ node, forecast }) => [node, forecast]));
}

describe('pawl plan', () => {
  test('tells of a pipeline that never ran, and publishes and starts nothing', async () => {
    expect(await plan(PIPELINE, '--n', '3')).toBe(await golden('plan-first.txt'));
    expect(await stack.store.plans.pipelineNames()).toEqual([]);
    expect(await stack.store.runs.list()).toEqual([]);
  });

  test('tells of every kind of node', async () => {
    const params = JSON.stringify({ load: { kind: 'small' }, note: null, numbers: [3, 4] });
    expect(await plan(KINDS, '--params', params)).toBe(await golden('plan-kinds.txt'));
  });

  test('tells what would be reused after a run, and the next run does just that', async () => {
    expect(await stack.pawl('run', PIPELINE, '--n', '3', '--id', 'one')).toMatchObject({ code: 0 });
    expect(await plan(PIPELINE, '--n', '3')).toBe(await golden('plan-again.txt'));
    expect(await plan('forecast', '--n', '3')).toBe(await golden('plan-again.txt'));
    const before = await foreseen(PIPELINE, '--n', '3');
    await stack.pawl('run', PIPELINE, '--n', '3', '--id', 'two');
    const run = await stack.store.runs.latest('two');
    const entries = await stack.store.journal.nodesOfRun(run!.runId);
    for (const { node, reusedFrom } of entries) {
      if (before[node] === 'depends') continue;
      expect([node, before[node]]).toEqual([node, reusedFrom ? 'reused' : 'runs']);
    }
    // What depended on others, which put out the same.
    expect(entries.find(({ node }) => node === 'halve-next')?.reusedFrom?.run).toBe('one');
  });

  test('tells what has changed', async () => {
    await stack.pawl('run', PIPELINE, '--n', '3', '--id', 'three');
    expect(await plan(PIPELINE, '--n', '4', '--no-fast', '--items', '12')).toBe(await golden('plan-changed.txt'));
  });

  test('tells many items of a list in one line', async () => {
    await stack.pawl('run', PIPELINE, '--n', '3', '--items', '12', '--id', 'many');
    expect(await plan(PIPELINE, '--n', '3', '--items', '12')).toMatch(/^map\/measure \(12\) +12 reused$/m);
  });

  test('refuses wrong params as a run does', async () => {
    const { code, stderr } = await stack.pawl('plan', PIPELINE, '--n', 'x');
    expect(code).toBe(1);
    expect(stderr).toContain('is not a number');
  });
});
