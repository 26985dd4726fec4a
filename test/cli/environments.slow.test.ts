import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

/*
 * One project, one Temporal namespace, one Postgres server; two environments, each with a database and an artifact
 * folder of its own, as `.env` files say.
 */
let stack: TestStack;
let project: string;
const workers: ChildProcess[] = [];

const pipelineText = (mark: string): string => `
import { pipeline, step, z } from 'pawl';

const where = step(
  'where',
  { input: z.object({ mark: z.string() }), output: z.object({ mark: z.string(), environment: z.string() }) },
  ({ mark }, ctx) => ({ mark, environment: ctx.run.environment }),
);

export default pipeline(
  'which',
  { params: z.object({}), schedule: { cron: '0 6 2 * *' } },
  () => where({ mark: '${mark}' }),
);
`;

beforeAll(async () => {
  stack = await startTestStack();
  await mkdir(join(projectFolder, '.pawl'), { recursive: true });
  project = await mkdtemp(join(projectFolder, '.pawl', 'test-environments-'));
  await mkdir(join(project, 'node_modules'));
  await symlink(projectFolder, join(project, 'node_modules', 'pawl'), 'dir');
  await writeFile(join(project, 'package.json'), '{ "name": "two-environments", "type": "module" }');
  const client = new pg.Client({ connectionString: stack.stack.databaseUrl });
  await client.connect();
  for (const name of ['dev', 'staging']) await client.query(`create database env_${name}`);
  await client.end();
  await writeFile(
    join(project, '.env'),
    [`TEMPORAL_ADDRESS=${stack.stack.temporalAddress}`, ...storesOf('dev')].join('\n'),
  );
  await writeFile(join(project, '.env.staging'), ['# Only what differs.', ...storesOf('staging')].join('\n'));
  await publishBoth();
  await Promise.all(['dev', 'staging'].map(startWorker));
}, 120_000);

afterAll(async () => {
  const alive = workers.filter((child) => child.exitCode === null && child.signalCode === null);
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(alive.map((child) => once(child, 'close')));
  await stack.stop();
  await rm(project, { recursive: true, force: true });
});

function storesOf(name: string): readonly string[] {
  return [`DATABASE_URL="${databaseOf(name)}"`, `PAWL_ARTIFACTS=${join(project, `artifacts-${name}`)}`];
}

function databaseOf(name: string): string {
  const url = new URL(stack.stack.databaseUrl);
  url.pathname = `/env_${name}`;
  return url.href;
}

function launch(args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess {
  const { DATABASE_URL: _, PAWL_ENV: __, PAWL_STATE: ___, ...env } = process.env;
  const program = join(projectFolder, 'bin', 'pawl.js');
  return spawn(process.execPath, [program, ...args], { cwd: project, env: { ...env, NO_COLOR: '1', ...more } });
}

async function pawl(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<CommandResult> {
  const child = launch(args, more);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, ...text };
}

async function startWorker(name: string): Promise<void> {
  const child = launch(['worker', '--env', name]);
  workers.push(child);
  let said = '';
  child.stdout!.on('data', (part) => {
    said += part;
  });
  child.stderr!.on('data', (part) => {
    said += part;
  });
  await until(() => said.includes('worker ready') || child.exitCode !== null, 30_000);
  if (child.exitCode !== null) throw new Error(said);
}

/** Each environment publishes a plan of its own under the same name. */
async function publishBoth(): Promise<void> {
  for (const name of ['dev', 'staging']) {
    await writeFile(join(project, 'which.ts'), pipelineText(`for ${name}`));
    expect(await pawl(['publish', 'which.ts', '--env', name])).toMatchObject({ code: 0 });
  }
}

describe('two environments on one Temporal', () => {
  test('keep plans, queues and runs apart', { timeout: 90_000 }, async () => {
    const results: Record<string, { run: string; result: unknown }> = {};
    for (const name of ['dev', 'staging']) {
      const { stdout, stderr } = await pawl(['run', 'which', '--json', '--id', 'same'], { PAWL_ENV: name });
      expect(stderr).toBe('');
      results[name] = JSON.parse(stdout);
    }
    expect(results).toMatchObject({
      dev: { run: 'same', result: { mark: 'for dev', environment: 'dev' } },
      staging: { run: 'staging/same', result: { mark: 'for staging', environment: 'staging' } },
    });
    expect(await runsOf('dev')).toEqual(['same']);
    expect(await runsOf('staging')).toEqual(['staging/same']);
    expect((await pawl(['show', 'same', '--env', 'staging'])).stdout).toContain('succeeded staging/same');
    expect((await pawl(['show', 'smae'])).stderr).toContain('Did you mean "same"?');
    expect((await pawl(['show', 'staging/same'])).stderr).toContain('choose the environment with --env');
    const { typedSearchAttributes, taskQueue } = await stack.client.workflow.getHandle('staging/same').describe();
    const labels = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    expect(labels).toContainEqual(['PawlEnvironment', 'staging']);
    expect(taskQueue).toBe('staging/pawl');
  });

  test('fire their own plans on schedules of their own', { timeout: 90_000 }, async () => {
    for (const name of ['dev', 'staging']) {
      expect(await pawl(['schedule', 'apply', 'which', '--env', name])).toMatchObject({ code: 0 });
    }
    await pawl(['schedule', 'pause', 'which', '--env', 'staging']);
    expect(await schedulesOf('dev')).toMatchObject([{ pipeline: 'which', schedule: 'pawl-which', paused: false }]);
    expect(await schedulesOf('staging')).toMatchObject([
      { pipeline: 'which', schedule: 'staging/pawl-which', paused: true },
    ]);
    const range = ['--from', '2001-01-01', '--to', '2001-01-03'];
    await pawl(['schedule', 'backfill', 'which', ...range, '--env', 'staging']);
    await until(async () => (await runsOf('staging')).includes('staging/which-2001-01-02T06:00:00Z'), 20_000);
    const handle = stack.client.workflow.getHandle('staging/which-2001-01-02T06:00:00Z');
    expect(await handle.result()).toMatchObject({ value: { mark: 'for staging', environment: 'staging' } });
    expect(await runsOf('dev')).toEqual(['same']);
  });
});

describe('the stores of another environment', () => {
  test('are refused, with the variable to look at', { timeout: 90_000 }, async () => {
    const wrongDatabase = await pawl(['runs', '--env', 'staging'], { DATABASE_URL: databaseOf('dev') });
    expect(wrongDatabase.code).toBe(1);
    expect(wrongDatabase.stderr).toContain('/env_dev belongs to the environment "dev"; this is "staging"');
    expect(wrongDatabase.stderr).toContain('Check DATABASE_URL');
    const wrongFolder = await pawl(['worker', '--env', 'staging'], { PAWL_ARTIFACTS: join(project, 'artifacts-dev') });
    expect(wrongFolder.code).toBe(1);
    expect(wrongFolder.stderr).toContain('artifacts-dev belongs to the environment "dev"; this is "staging"');
    expect(wrongFolder.stderr).toContain('Check PAWL_ARTIFACTS');
  });

  test('are told by pawl doctor, which moves them on purpose', { timeout: 90_000 }, async () => {
    const look = await pawl(['doctor', '--env', 'prod'], { DATABASE_URL: databaseOf('staging') });
    expect(look.stdout).toContain('prod (from --env); read .env');
    expect(look.stdout).toContain('prod/pawl at');
    expect(look.stdout).toContain('/env_staging belongs to staging, not to prod');
    expect(look.code).toBe(1);
    const stores = { DATABASE_URL: databaseOf('staging'), PAWL_ARTIFACTS: join(project, 'artifacts-staging') };
    const moved = await pawl(['doctor', '--env', 'prod', '--claim-environment'], stores);
    expect(moved.stderr).toContain('belong to prod now');
    expect((await pawl(['runs', '--env', 'prod'], stores)).code).toBe(0);
    expect((await pawl(['runs', '--env', 'staging'])).stderr).toContain('belongs to the environment "prod"');
    expect(await readFile(join(project, 'artifacts-staging', 'environment'), 'utf8')).toBe('prod\n');
  });
});

test('a name that is none is refused', async () => {
  const { code, stderr } = await pawl(['runs', '--env', 'Prod']);
  expect(code).toBe(1);
  expect(stderr).toContain('"Prod" cannot name an environment');
});

async function runsOf(name: string): Promise<readonly string[]> {
  const { stdout } = await pawl(['runs', '--json', '--env', name]);
  return (JSON.parse(stdout) as { workflowId: string }[]).map(({ workflowId }) => workflowId);
}

async function schedulesOf(name: string): Promise<unknown> {
  return JSON.parse((await pawl(['schedule', 'list', '--json', '--env', name])).stdout);
}
