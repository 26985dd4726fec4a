import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { Chaos } from '../support/chaos.js';
import { startTestStack, type TestStack } from '../support/stack.js';

/** `PAWL_TEST_SEED` repeats the moments of another time; the seed is printed. */
const KILLS = Number(process.env.PAWL_TEST_KILLS ?? 200);
const AT_ONCE = 4;
/** Runs that share what one of them has computed. */
const BATCH = 3;

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-random-kills-'));
  // So few that the larger map of the pipeline runs in workflows of its own.
  process.env.PAWL_CHUNK_ITEMS = '10';
  const published = await stack.pawl('publish', 'test/runs/pipelines/everything.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
});

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const LIMIT_MS = 600_000;
const LATE_MS = LIMIT_MS - 60_000;

interface RunOfAll {
  readonly value: unknown;
  /** Nodes with their states in the journal, and how often each was begun anew by hand. */
  readonly commits: readonly string[];
  /** Names of the effects. */
  readonly effects: readonly string[];
}

/** Everything that a client does for a run, each thing until it is done. */
async function runAll(number: number): Promise<RunOfAll> {
  const workflowId = `everything-${number}`;
  const effects = join(folder, workflowId);
  const args = [{ folder: effects, batch: `batch-${Math.floor(number / BATCH)}`, n: 3 }];
  await persist(() => stack.client.workflow.start('everything', { taskQueue: 'pawl', workflowId, args }));
  const handle = stack.client.workflow.getHandle(workflowId);
  const update = (name: string, request: object) => persist(() => handle.executeUpdate(name, { args: [request] }));
  const decisions = [
    update('send', { node: 'labels', value: { rows: 7 } }),
    update('approve', { by: 'ann' }),
    update('approve', { by: 'bob' }),
  ];
  const result = (await persist(() => handle.result())) as RunResult;
  await Promise.all(decisions);
  expect(result, workflowId).toMatchObject({ outcome: 'succeeded' });
  const { runId } = await persist(() => handle.describe());
  const entries = await persist(() => stack.store.journal.nodesOfRun(runId));
  return {
    value: result.value,
    commits: entries.map(({ node, state, generation }) => `${node} ${state} ${generation}`).sort(),
    effects: (await readdir(effects)).map((name) => decodeURIComponent(name).replace(runId, 'RUN')).sort(),
  };
}

/** An Update whose check was lost with its worker is answered with that, and is sent again; the run may be over by then. */
const isDone = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError &&
    /has its event already|has a decision of|is decided already|completed before the Update/.test(
      error.cause?.message ?? '',
    ));

/** While servers are away every call fails; what was done although its answer was lost counts as done. */
async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw error;
      if (error instanceof WorkflowExecutionAlreadyStartedError || isDone(error)) return undefined as T;
      await pause(200);
    }
  }
}

/** For whoever reads why the test was too slow. */
async function printOpenRuns(): Promise<void> {
  const { stdout } = await stack.pawl('runs');
  console.log(stdout);
  for (const { workflowId } of await stack.store.runs.list({ open: true, limit: 2 * AT_ONCE })) {
    console.log((await stack.pawl('show', workflowId)).stdout);
  }
}

test(`the same result and one commit each, through ${KILLS} kills of workers, Temporal and Postgres`, {
  timeout: LIMIT_MS,
}, async () => {
  const calm = await stack.startWorker();
  const undisturbed = await runAll(0);
  calm.kill('SIGKILL');
  expect(undisturbed.value).toMatchObject({ approved: true, folded: 6, chosen: 5, note: 'none' });

  const seed = Number(process.env.PAWL_TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`PAWL_TEST_SEED=${seed}`);
  const began = Date.now();
  const chaos = new Chaos({ stack, seed, workers: 3, gapMs: 1200 });
  const ends: RunOfAll[] = [];
  let next = 1;
  let killing = true;
  const keepRunning = async () => {
    while (killing) ends.push(await runAll(next++));
  };
  const runs = Array.from({ length: AT_ONCE }, keepRunning);
  const late = setTimeout(() => printOpenRuns().catch(console.error), LATE_MS);
  await Promise.race([chaos.kill(KILLS), Promise.all(runs)]);
  console.log(`${chaos.total} kills in ${Math.round((Date.now() - began) / 1000)} s`);
  killing = false;
  await Promise.all(runs);
  clearTimeout(late);
  await chaos.stop();
  console.log(`${JSON.stringify(chaos.kills)}, ${ends.length} runs, ${Math.round((Date.now() - began) / 1000)} s`);

  expect(chaos.total).toBeGreaterThanOrEqual(KILLS);
  expect(ends.length).toBeGreaterThanOrEqual(AT_ONCE);
  for (const end of ends) expect(end).toEqual(undisturbed);
});
