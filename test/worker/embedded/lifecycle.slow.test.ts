import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delay, poll } from '../../../worker/embedded/delay.js';
import { acquireStack, findStack, stopStack } from '../../../worker/embedded/index.js';
import { identify } from '../../../worker/embedded/process-identity.js';
import {
  areGone,
  makeProject,
  nothingRemains,
  processesOf,
  processOf,
  query,
  removeProject,
  stackFile,
  startHolder,
} from './project.js';

/** One project serves all tests: the data is made once, and each test begins with what the one before left behind. */
let folder: string;
beforeAll(async () => {
  folder = await makeProject();
});
afterAll(() => removeProject(folder));
beforeEach(async () => {
  await stopStack({ cwd: folder });
});

const acquire = (log?: (line: string) => void) => acquireStack({ cwd: folder, graceMs: 50, log });

test('three commands that start together get one stack', async () => {
  const holders = [1, 2, 3].map(() => startHolder(folder));
  const said = await Promise.all(holders.map((holder) => holder.says()));
  expect(new Set(said.map(({ databaseUrl }) => databaseUrl)).size).toBe(1);
  expect(said.filter(({ owner }) => owner)).toHaveLength(1);
  for (const { child } of holders) child.stdin!.end();
  await Promise.all(holders.map((holder) => holder.exited()));
  expect(await nothingRemains(folder)).toBe(true);
});

test('a command that is killed gives the stack back', async () => {
  const holder = startHolder(folder);
  await holder.says();
  const processes = await processesOf(folder);
  holder.child.kill('SIGKILL');
  expect(await areGone(processes, 5000)).toBe(true);
  expect(await nothingRemains(folder)).toBe(true);
  expect(await findStack({ cwd: folder })).toMatchObject({ status: 'stopped' });
});

test('a keeper that is killed takes the servers with it, and the next command starts again', async () => {
  const stack = await acquire();
  const lost = new Promise<Error>((resolve) => stack.onLost(resolve));
  await query(stack.databaseUrl, 'create table kept (n int)');
  const processes = await processesOf(folder);
  process.kill(processes[0]!.pid, 'SIGKILL');
  expect((await lost).message).toContain('stopped');
  const next = await acquire(); // While the guards are still at work.
  expect(await areGone(processes, 0)).toBe(true);
  expect(await query(next.databaseUrl, 'select * from kept')).toEqual([]);
  expect(next).toMatchObject({ owner: true, databaseUrl: stack.databaseUrl, temporalUiUrl: stack.temporalUiUrl });
  await next.release();
  expect(await nothingRemains(folder)).toBe(true);
});

test('a server that is killed comes back at the same place with its data', async () => {
  const lines: string[] = [];
  const stack = await acquire((line) => lines.push(line));
  await query(stack.databaseUrl, 'create table survivors as select 7 as n');
  await startWorkflow(stack.temporalAddress, 'survivor');
  for (const name of ['Postgres', 'Temporal']) {
    const server = await processOf(folder, name);
    process.kill(server.pid, 'SIGKILL');
    expect(await poll(async () => (await processOf(folder, name)).pid !== server.pid, 20, 5000)).toBe(true);
  }
  const rows = await eventually(() => query(stack.databaseUrl, 'select n from survivors'));
  expect(rows).toEqual([{ n: 7 }]);
  expect(await eventually(() => statusOf(stack.temporalAddress, 'survivor'))).toBe('RUNNING');
  expect(lines.filter((line) => line.includes('ended by itself (signal SIGKILL)'))).toHaveLength(2);
  await stack.release();
});

test('after everything was killed at once the next start works', async () => {
  const stack = await acquire();
  await query(stack.databaseUrl, 'create table written (n int)');
  const processes = await processesOf(folder);
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  const next = await acquire();
  expect(await query(next.databaseUrl, 'select * from written')).toEqual([]);
  await next.release();
  expect(await areGone(processes, 0)).toBe(true);
});

test('a half-made state is made again: a Temporal file without tables, an unfinished initdb, a stale stack.json', async () => {
  const state = join(folder, '.pawl');
  const stack = await acquire();
  const stale = await readFile(join(state, 'stack.json'));
  await stack.release();
  await rm(join(state, 'temporal.db.complete'));
  await writeFile(join(state, 'temporal.db'), '');
  await mkdir(join(state, 'postgres.new-1'));
  await rename(join(state, 'postgres'), join(state, 'postgres-away'));
  await writeFile(join(state, 'stack.json'), stale);
  const next = await acquire();
  expect(await query(next.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await startWorkflow(next.temporalAddress, 'fresh');
  await next.release();
  expect((await readdir(state)).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
});

test('a process id in postmaster.pid that belongs to another program now does not stop Postgres', async () => {
  const data = join(folder, '.pawl', 'postgres');
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n0\n1\n\n127.0.0.1\n\nready\n`);
  const stack = await acquire();
  expect(await query(stack.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await stack.release();
});

test('a port that is taken by now is exchanged for another, and said so', async () => {
  const lines: string[] = [];
  const { temporalUi } = JSON.parse(await readFile(join(folder, '.pawl', 'ports.json'), 'utf8'));
  const other = createServer().listen(temporalUi, '127.0.0.1');
  const stack = await acquire((line) => lines.push(line)).finally(() => other.close());
  expect(new URL(stack.temporalUiUrl).port).not.toBe(`${temporalUi}`);
  await stack.release();
  expect(await readFile(join(folder, '.pawl', 'logs', 'keeper.log'), 'utf8')).toContain(
    `port ${temporalUi} is taken by another program`,
  );
});

test('a stack can be stopped for everybody, who then learn it', async () => {
  const stack = await acquire();
  const lost = new Promise<Error>((resolve) => stack.onLost(resolve));
  expect(await stopStack({ cwd: folder })).toBe(true);
  expect((await lost).message).toContain('stopped');
  expect(await nothingRemains(folder)).toBe(true);
  expect(await stopStack({ cwd: folder })).toBe(false);
  await stack.release();
});

test('a user who comes within the grace finds the same stack', async () => {
  const first = await acquireStack({ cwd: folder, graceMs: 2000 });
  const { keeper } = await stackFile(folder);
  const released = first.release();
  const second = await acquire();
  await released;
  expect(await identify(keeper.pid)).toEqual(keeper);
  expect(second.owner).toBe(false);
  await second.release();
});

test('a server that cannot run is given up with its own last words', async () => {
  const config = join(folder, '.pawl', 'postgres', 'postgresql.conf');
  const good = await readFile(config);
  await writeFile(config, 'no_such_setting = 1\n');
  await expect(acquire()).rejects.toMatchObject({
    name: 'PawlError',
    message: expect.stringMatching(/Postgres ended 6 times in a row .*errors/),
    hint: expect.stringContaining('postgres.log'),
  });
  expect(await findStack({ cwd: folder })).toMatchObject({ status: 'failed' });
  expect(await nothingRemains(folder)).toBe(true);
  await writeFile(config, good);
  await (await acquire()).release();
});

test('in a private folder, root keeps the data outside, where a copy of the folder may not use it', async () => {
  const isRoot = process.getuid?.() === 0;
  const secret = await makeProject();
  await chmod(secret, 0o700);
  await (await acquireStack({ cwd: secret, graceMs: 50 })).release();
  expect(existsSync(join(secret, '.pawl', 'postgres'))).toBe(!isRoot);
  const copy = await makeProject();
  await cp(secret, copy, { recursive: true });
  const acquired = acquireStack({ cwd: copy, graceMs: 50 });
  if (isRoot) await expect(acquired).rejects.toThrow('is a copy of');
  else await (await acquired).release();
  await rm(copy, { recursive: true });
  await removeProject(secret);
});

/** A client of a server that has just come back may fail for a moment. */
async function eventually<T>(work: () => Promise<T>, tries = 100): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (tries === 0) throw error;
    await delay(100);
    return eventually(work, tries - 1);
  }
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  return work(new Client({ connection })).finally(() => connection.close());
}

async function startWorkflow(address: string, workflowId: string): Promise<void> {
  await withClient(address, (client) => client.workflow.start('anything', { taskQueue: 'nobody', workflowId }));
}

async function statusOf(address: string, workflowId: string): Promise<string> {
  const description = await withClient(address, (client) => client.workflow.getHandle(workflowId).describe());
  return description.status.name;
}
