import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
const changed = join(tmpdir(), `pawl-test-replay-${process.pid}.json`);

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(async () => {
  await stack.stop();
  await rm(changed, { force: true });
});

test('every open run is replayed, of one pipeline or of all, and what differs ends it with 1', {
  timeout: 120_000,
}, async () => {
  const missing = JSON.stringify({ file: join(tmpdir(), 'pawl-test-replay-none') });
  const held = await stack.pawl('run', 'test/runs/pipelines/faulty.ts', '--id', 'held', '--params', missing);
  expect(held.code).toBe(2);
  const all = await stack.pawl('replay', '--open');
  expect(all).toMatchObject({ code: 0, stdout: 'held: replays\n1 open, 0 would go on differently\n' });
  expect((await stack.pawl('replay', '--open', '--pipeline', 'another')).stdout).toContain('0 open');
  const saved = await stack.pawl('replay', 'held', '--save', changed);
  expect(saved.stdout).toBe('held: replays\n');
  const history = JSON.parse(await readFile(changed, 'utf8'));
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events) {
    if (scheduled?.activityType.name !== 'add') continue;
    const [payload] = scheduled.input.payloads;
    const task = JSON.parse(Buffer.from(payload.data, 'base64').toString());
    payload.data = Buffer.from(JSON.stringify({ ...task, input: { n: 99 } })).toString('base64');
  }
  await writeFile(changed, JSON.stringify(history));
  const differs = await stack.pawl('replay', changed);
  expect(differs.code).toBe(1);
  expect(differs.stdout).toMatch(/does not replay with the same inputs\n {2}add: \/0\/input\/n was 99, now \d/);
  const none = await stack.pawl('replay');
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('either runs and files, or --open') });
});
