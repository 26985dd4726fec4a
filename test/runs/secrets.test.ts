import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningCommand, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const PASSWORD = 'hunter2 "two\nlines" & $more';
/** How it could stand somewhere: plainly, in JSON, in JSON in JSON, in a URL. */
const FORMS = [PASSWORD, quoted(PASSWORD), quoted(quoted(PASSWORD)), encodeURIComponent(PASSWORD)];

let stack: TestStack;
let folder: string;
let worker: RunningCommand;

async function startWorker(): Promise<RunningCommand> {
  const started = stack.launch('worker');
  await until(async () => started.said('worker ready'), 30_000);
  return started;
}

beforeAll(async () => {
  process.env.PAWL_TEST_PASSWORD = PASSWORD;
  delete process.env.PAWL_TEST_TOKEN;
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-secrets-'));
  for (const name of ['secrets', 'secret-missing'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  worker = await startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_TEST_PASSWORD;
  delete process.env.PAWL_TEST_TOKEN;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: object, workflowId: string) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId, args: [params] });

const isHeld = async (id: string) => (await stack.store.runs.latest(id))?.phase === 'held';

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Every text in a run's history; payloads are in base64. */
async function historyOf(handle: WorkflowHandle): Promise<string> {
  return JSON.stringify(await handle.fetchHistory(), (key, value) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
}

/** Every row of every table. */
async function databaseText(): Promise<string> {
  const postgres = new Postgres({ connectionString: stack.stack.databaseUrl });
  await postgres.connect();
  try {
    const tables = await postgres.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    const rows: unknown[] = [];
    for (const { name } of tables.rows)
      rows.push(...(await postgres.query(`select row_to_json(t)::text as row from ${name} t`)).rows);
    expect(tables.rows.map(({ name }) => name)).toContain('pawl.journal');
    return JSON.stringify(rows);
  } finally {
    await postgres.end();
  }
}

/** Every artifact's content. */
async function artifactsText(): Promise<string> {
  const entries = await readdir(stack.stack.artifacts, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

function expectNothingIn(text: string): void {
  for (const form of FORMS) expect(text.includes(form)).toBe(false);
}

describe('a secret', () => {
  test.each([false, true])('reaches the function of a step, light %s', async (light) => {
    const handle = await start('secrets', { light }, `well-${light}`);
    const value = { length: PASSWORD.length, shown: '[secret PAWL_TEST_PASSWORD]', text: '' };
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value });
    expect((await historyOf(handle)).includes(quoted('{"$secret":"PAWL_TEST_PASSWORD"}'))).toBe(true);
  });

  test.each([
    ['leak', false, 'the output of step "remote" contains the text of the secret "PAWL_TEST_PASSWORD"'],
    ['leak', true, 'the output of step "light" contains the text of the secret "PAWL_TEST_PASSWORD"'],
    ['artifact', false, 'an artifact contains the text of the secret "PAWL_TEST_PASSWORD"'],
    ['reject', false, 'what step "when.else/remote" rejects with contains the text of the secret "PAWL_TEST_PASSWORD"'],
    ['throw', false, 'cannot log in to https://me:[secret PAWL_TEST_PASSWORD]@host'],
    ['throw', true, 'cannot log in to https://me:[secret PAWL_TEST_PASSWORD]@host'],
  ])('that a step would give away (%s, light %s) is stopped, and the run held', async (how, light, message) => {
    const id = `${how}-${light}`;
    await start('secrets', { how, light, file: join(folder, 'mended') }, id);
    await until(() => isHeld(id), 20_000);
    expect((await stack.store.runs.latest(id))?.error).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  test('does not stand in the way of an operator', async () => {
    await writeFile(join(folder, 'mended'), '');
    const retried = await stack.pawl('retry', 'throw-false', '--json');
    expect(JSON.parse(retried.stdout)).toMatchObject({ outcome: 'succeeded' });
    expect(await stack.pawl('replay', 'throw-false')).toMatchObject({ code: 0 });
  });

  test('is nowhere afterwards: histories, database, artifacts, logs, what commands print', async () => {
    const runs = await stack.store.runs.list({ limit: 100 });
    expect(runs.length).toBeGreaterThanOrEqual(8);
    for (const run of runs) {
      expectNothingIn(await historyOf(stack.client.workflow.getHandle(run.workflowId, run.runId)));
    }
    expectNothingIn((await stack.pawl('show', 'throw-true')).stdout);
    expectNothingIn(await databaseText());
    expectNothingIn(await artifactsText());
    worker.child.kill('SIGTERM');
    const { stdout, stderr } = await worker.ended;
    expect(stdout + stderr).toContain('logs in with [secret PAWL_TEST_PASSWORD]');
    expectNothingIn(stdout + stderr);
  });

  test('that no worker has is waited for, and said where it is missing', async () => {
    worker = await startWorker();
    const handle = await start('secret-missing', {}, 'missing');
    const lastFailure = async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? '';
    await until(async () => (await lastFailure()).includes('is missing'), 20_000);
    expect(await lastFailure()).toMatch(/the environment variable PAWL_TEST_TOKEN is not set on worker .+:\d+/);
    worker.child.kill('SIGTERM');
    await worker.ended;
    process.env.PAWL_TEST_TOKEN = 'a-token';
    worker = await startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { length: 7 } });
    expect(await stack.store.journal.nodesOfRun(handle.firstExecutionRunId)).toMatchObject([{ failures: 0 }]);
  });
});
