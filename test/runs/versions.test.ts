import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
const project = join(projectFolder, '.pawl', `test-versions-${process.pid}`);
const file = join(project, 'versions.ts');

beforeAll(async () => {
  stack = await startTestStack();
  await mkdir(project, { recursive: true });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(project, { recursive: true, force: true });
});

/** Each version says another word, and has one node more than the one before. */
async function publish(version: number): Promise<void> {
  const more = Array.from({ length: version }, (_, at) => `say({ n: ${at} }, { id: 'say-${at}', after: go })`);
  await writeFile(
    file,
    `import { pipeline, step, waitFor, z } from 'pawl';
const say = step('say', { input: z.object({ n: z.int() }), output: z.object({ word: z.string() }) },
  ({ n }) => ({ word: 'version ${version}, node ' + n }));
export default pipeline('versions', { params: z.object({}) }, () => {
  const go = waitFor('go', z.object({}));
  const said = [${more.join(', ')}];
  return { words: said.map(({ word }) => word) };
});
`,
  );
  expect(await stack.pawl('publish', file)).toMatchObject({ code: 0 });
}

async function start(version: number) {
  await publish(version);
  const workflowId = `version-${version}`;
  const handle = await stack.client.workflow.start('versions', { taskQueue: 'pawl', workflowId, args: [{}] });
  await until(async () => (await stack.store.runs.run(handle.firstExecutionRunId)) !== null, 30_000);
  return handle;
}

test('runs of several versions of a pipeline are open at once on one worker, and each ends with its own code and nodes', {
  timeout: 120_000,
}, async () => {
  const handles = [await start(1), await start(2), await start(3)];
  for (const handle of [...handles].reverse())
    await handle.executeUpdate('send', { args: [{ node: 'go', value: {} }] });
  const results = (await Promise.all(handles.map((handle) => handle.result()))) as RunResult[];
  expect(results.map(({ value }) => value)).toEqual([
    { words: ['version 1, node 0'] },
    { words: ['version 2, node 0', 'version 2, node 1'] },
    { words: ['version 3, node 0', 'version 3, node 1', 'version 3, node 2'] },
  ]);
  expect(new Set(results.map(({ plan }) => plan)).size).toBe(3);
});
