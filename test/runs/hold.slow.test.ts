import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../client/pipeline-run.js';
import { openDatabase } from '../../store/index.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const NODE = 'rates[bad-one]/rate';
let stack: TestStack;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  expect(await stack.pawl('publish', 'test/runs/pipelines/held.ts')).toMatchObject({ code: 0 });
  worker = await stack.startWorker();
}, 60_000);

afterAll(() => stack.stop());

async function hold(id: string) {
  const args = [{ words: ['bad-one', 'fine'], marks: '/dev/null' }];
  const handle = await stack.client.workflow.start('held', { taskQueue: 'pawl', workflowId: id, args });
  await until(async () => (await stack.store.runs.latest(id))?.phase === 'held', 20_000);
  return { handle, run: openRun(handle), runId: handle.firstExecutionRunId };
}

async function killWorker(): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'close');
}

/** Something that one side waits for until the other gives it. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

const rowsOf = async (runId: string) =>
  (await stack.store.journal.nodesOfRun(runId)).filter(({ node }) => node === NODE);

describe('kill -9 of the worker', () => {
  test('while a run is held: the deadline stays, and decisions count afterwards', async () => {
    const { handle, run } = await hold('held-through-kill');
    const before = await run.nodes();
    await killWorker();
    worker = await stack.startWorker();
    const after = await run.nodes();
    expect(after.find(({ node }) => node === NODE)).toEqual(before.find(({ node }) => node === NODE));
    await run.skip({ node: NODE, value: { word: 'bad-one', rate: 5 }, by: 'ann' });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 9 } });
  }, 60_000);

  test('between a skip and its commit: the sender is answered, and one value is committed once', async () => {
    const { handle, run, runId } = await hold('skip-through-kill');
    const db = openDatabase({ url: stack.stack.databaseUrl });
    const [locked, release] = [signal(), signal()];
    const lock = db.kysely.transaction().execute(async (trx) => {
      await sql`select 1 from pawl.journal where run_id = ${runId} and node = ${NODE} for update`.execute(trx);
      locked.give();
      await release.given;
    });
    await locked.given;
    const skipped = run.skip({ node: NODE, value: { word: 'bad-one', rate: 5 }, by: 'ann', reason: 'known' });
    await until(async () => {
      const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`.execute(db.kysely);
      return rows.length > 0;
    }, 20_000);
    await expect(run.retry({ node: NODE })).rejects.toMatchObject({
      message: expect.stringContaining('is being skipped'),
    });
    await killWorker();
    release.give();
    await lock;
    worker = await stack.startWorker();
    await skipped;
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 9 } });
    const rows = await rowsOf(runId);
    expect(rows.filter(({ state }) => state === 'committed')).toMatchObject([
      { output: { rate: 5 }, note: { given: { by: 'ann', reason: 'known' } } },
    ]);
    expect(await stack.pawl('replay', 'skip-through-kill')).toMatchObject({ code: 0 });
    await db.close();
  }, 120_000);
});
