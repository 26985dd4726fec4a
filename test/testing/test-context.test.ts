import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { artifactSchema, step, z } from '../../dsl/index.js';
import {
  memoryCheckpoints,
  StepRejection,
  type TestContext,
  type TestContextOptions,
  testContext,
} from '../../testing/index.js';

const open: TestContext[] = [];
afterEach(async () => {
  for (const ctx of open.splice(0)) await ctx.cleanup();
});

async function makeContext(options?: TestContextOptions): Promise<TestContext> {
  const ctx = await testContext(options);
  open.push(ctx);
  return ctx;
}

const keep = step('keep', { input: z.object({ text: z.string() }), output: artifactSchema }, async ({ text }, ctx) => {
  ctx.log.info('keeping', { length: text.length });
  ctx.progress({ message: 'writing', fraction: 0.5 });
  const file = join(ctx.scratch, 'text.txt');
  await writeFile(file, text);
  return ctx.artifacts.putFile(file, 'text/plain');
});

test('a step runs with real artifacts and its messages are recorded', async () => {
  const ctx = await makeContext();
  const artifact = await keep.run({ text: 'hello' }, ctx);
  expect(Buffer.from(await ctx.artifacts.getBytes(artifact)).toString()).toBe('hello');
  expect(ctx.reported).toEqual([{ message: 'writing', fraction: 0.5 }]);
  expect(ctx.logged).toEqual([{ level: 'info', message: 'keeping', details: { length: 5 } }]);
});

test('contexts may share artifacts, and have checkpoints of an attempt that was lost', async () => {
  const first = await makeContext();
  const artifact = await keep.run({ text: 'shared' }, first);
  const checkpoints = memoryCheckpoints();
  await checkpoints.save({ step: 2, artifact });
  const second = await makeContext({ artifacts: first.artifacts, checkpoints });
  const found = await second.checkpoints.latest();
  expect(found?.step).toBe(2);
  expect(Buffer.from(await second.artifacts.getBytes(found!.artifact)).toString()).toBe('shared');
});

test('previous finds what the options name, and nothing else', async () => {
  const ctx = await makeContext({ node: 'train', previous: { train: { loss: 1 } } });
  expect(await ctx.previous()).toEqual({ run: 'previous-run', output: { loss: 1 } });
  expect(await ctx.previous('other')).toBeNull();
});

test('reject throws with reason and details', async () => {
  const ctx = await makeContext();
  expect(() => ctx.reject('too few rows', { rows: 3 })).toThrow(StepRejection);
});

test('cleanup removes the folders', async () => {
  const ctx = await testContext();
  await ctx.cleanup();
  expect(existsSync(ctx.scratch)).toBe(false);
});
