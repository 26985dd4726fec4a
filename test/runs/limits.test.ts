import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 60_000);

afterAll(() => stack.stop());

describe('the end of a full workflow task', () => {
  test('is not taken from the others when the part that asked for it is stopped', async () => {
    expect(
      await runWorkflow(`
        const budget = new Budget();
        const part = new CancellationScope();
        const first = part.run(() => budget.spent(2000, 0)).then(() => 'went on', String);
        part.cancel();
        const other = Promise.resolve(budget.spent(2000, 0)).then(() => 'went on', String);
        const ends = [await first, await other];
        await sleep(1);
        return [...ends, await Promise.resolve(budget.spent(2000, 0)).then(() => 'went on', String)];
      `),
    ).toEqual(['went on', 'went on', 'went on']);
  });

  test('ends what was stopped meanwhile', async () => {
    expect(
      await runWorkflow(`
        const budget = new Budget();
        const part = new CancellationScope();
        const ended = part.run(async () => { await budget.spent(2000, 0); endIfStopped(); return 'went on'; }).catch(String);
        part.cancel();
        return ended;
      `),
    ).toContain('stopped between two workflow tasks');
  });
});

/** Runs the body of a workflow in Temporal's sandbox. */
async function runWorkflow(body: string): Promise<unknown> {
  await mkdir(join(projectFolder, '.pawl'), { recursive: true });
  const folder = await mkdtemp(join(projectFolder, '.pawl', 'test-budget-'));
  const connection = await NativeConnection.connect({ address: stack.stack.temporalAddress });
  try {
    const workflowsPath = join(folder, 'workflow.js');
    const imports = `import { CancellationScope, sleep } from '@temporalio/workflow';
      import { Budget, endIfStopped } from '../../dist/workflows/budget.js';`;
    await writeFile(workflowsPath, `${imports} export async function tried() { ${body} }`);
    const quiet = () => {};
    const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error, log: quiet };
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    const worker = await Worker.create({ connection, taskQueue: folder, workflowBundle });
    const workflow = { workflowId: folder, taskQueue: folder };
    return await worker.runUntil(stack.client.workflow.execute('tried', workflow));
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}
