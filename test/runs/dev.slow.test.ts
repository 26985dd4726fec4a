import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const folder = join(projectFolder, '.pawl', `test-dev-${process.pid}`);
const file = join(folder, 'three-steps.ts');
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await mkdir(folder, { recursive: true });
  for (const name of ['three-steps.ts', 'steps.ts']) {
    await cp(join(projectFolder, 'test/runs/pipelines', name), join(folder, name));
  }
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const result = async (id: string) => {
  const handle = await stack.client.workflow.start('three-steps', {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ n: 1 }],
  });
  return ((await handle.result()) as { value: { n: number } }).value.n;
};

describe('pawl dev', () => {
  test('is ready within five seconds, publishes a changed file by itself, survives a broken one, ends with Ctrl-C', async () => {
    const began = Date.now();
    const dev = stack.launch('dev', file);
    await until(() => dev.said('ready\n') && dev.said('published'), 10_000);
    expect(Date.now() - began).toBeLessThan(5000);
    expect(await result('before')).toBe(4);

    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace('add({ n: two.n }', 'addd({ n: two.n }'));
    await until(() => dev.said('error'), 10_000);
    expect(await result('broken')).toBe(4);

    await writeFile(file, source.replace("{ id: 'add-last' });", "{ id: 'add-last' }).n;"));
    await until(() => dev.said('published', 2), 10_000);
    const changed = await stack.client.workflow.start('three-steps', {
      taskQueue: 'pawl',
      workflowId: 'changed',
      args: [{ n: 1 }],
    });
    expect(await changed.result()).toMatchObject({ value: 4 });

    dev.child.kill('SIGINT');
    expect(await dev.ended).toMatchObject({ code: 130 });
  });
});
