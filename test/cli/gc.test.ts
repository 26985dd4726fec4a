import { utimes } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Digest } from '../../plan/canonical.js';
import { listObjects } from '../../store/artifacts/list-objects.js';
import { objectPath } from '../../store/artifacts/object-files.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(() => stack.stop());

async function digestsThere(): Promise<readonly Digest[]> {
  const digests: Digest[] = [];
  for await (const { digest } of listObjects(stack.stack.artifacts)) digests.push(digest);
  return digests;
}

test('what a run needs stays, says why, and what nothing needs goes', { timeout: 120_000 }, async () => {
  const params = JSON.stringify({ bytes: 100_000 });
  const ran = await stack.pawl('run', 'test/runs/pipelines/large.ts', '--id', 'large', '--params', params);
  expect(ran.code, ran.stderr).toBe(0);
  const before = await digestsThere();
  const { digest } = await stack.store.artifacts.putBytes(Buffer.from('of no use'), 'text/plain');
  const old = new Date(Date.now() - 10 * 86_400_000);
  await utimes(objectPath(stack.stack.artifacts, digest), old, old);
  const current = await stack.store.plans.current('large');
  const why = await stack.pawl('gc', '--why', current!.plan.code);
  expect(why.stdout).toMatch(/run large|plan [0-9a-f]{12} of large/);
  expect((await stack.pawl('gc', '--why', digest)).stdout).toContain('nothing needs it');
  const dry = JSON.parse((await stack.pawl('gc', '--dry-run', '--json')).stdout);
  expect(dry).toMatchObject({ removed: { count: 1, bytes: 9 } });
  expect(dry.kept.count + dry.young.count).toBe(before.length);
  const done = await stack.pawl('gc');
  expect(done.stdout).toContain('1 artifact, 9 B');
  expect(await digestsThere()).toEqual(before);
});

test('a time that is none and a grace that is too short are refused', { timeout: 60_000 }, async () => {
  expect((await stack.pawl('gc', '--keep', 'long')).stderr).toContain('--keep: "long" is not a duration');
  expect((await stack.pawl('gc', '--grace', '1m')).stderr).toContain('too short');
});
