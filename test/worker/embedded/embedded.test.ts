import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectKeeper } from '../../../worker/embedded/connect-keeper.js';
import { acquireStack, findStack } from '../../../worker/embedded/index.js';
import { until } from '../../support/until.js';
import { makeProject, nothingRemains, query, removeProject, stackFile } from './project.js';

let folder: string;
beforeEach(async () => {
  folder = await makeProject();
});
afterEach(() => removeProject(folder));

test('a stack is started, shared, found, and gone after its last user', async () => {
  await writeFile(join(folder, 'package.json'), '{}');
  const cwd = join(folder, 'pipelines');
  await mkdir(cwd);
  expect(await findStack({ cwd })).toBeNull();

  const first = await acquireStack({ cwd, graceMs: 50 });
  expect(first).toMatchObject({ owner: true, state: join(folder, '.pawl') });
  expect((await stat(join(folder, '.pawl', 'stack.json'))).mode & 0o777).toBe(0o600);
  const began = Date.now();
  const second = await acquireStack({ cwd: folder, graceMs: 50 });
  expect(Date.now() - began).toBeLessThan(500);
  expect(second).toMatchObject({ owner: false, databaseUrl: first.databaseUrl });

  expect(await query(first.databaseUrl, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  expect(await startWorkflow(first.temporalAddress)).toBeTruthy();
  await expectStrangersRefused(first.databaseUrl);
  const page = await fetch(first.temporalUiUrl);
  expect(page.headers.get('content-type')).toContain('text/html');

  await first.release();
  expect(await findStack({ cwd })).toMatchObject({ status: 'ready', services: { databaseUrl: first.databaseUrl } });
  await second.release();
  expect(await findStack({ cwd })).toMatchObject({ status: 'stopped', services: null });
  expect(await nothingRemains(folder)).toBe(true);
});

test('who leaves does not wait for the end, and who comes soon after finds the stack running', async () => {
  await writeFile(join(folder, 'package.json'), '{}');
  const first = await acquireStack({ cwd: folder, graceMs: 3000 });
  first.leave();
  const second = await acquireStack({ cwd: folder, graceMs: 1000 });
  expect(second).toMatchObject({ owner: false, databaseUrl: first.databaseUrl });
  second.leave();
  expect(await findStack({ cwd: folder })).toMatchObject({ status: 'ready' });
  await until(async () => (await findStack({ cwd: folder }))?.status === 'stopped');
  await until(() => nothingRemains(folder));
});

/** With a search attribute of Pawl's own: a server without it refuses. */
async function startWorkflow(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const options = { taskQueue: 'nobody', workflowId: 'first', searchAttributes: { PawlPipeline: ['flights'] } };
  const handle = await new Client({ connection }).workflow.start('anything', options);
  await connection.close();
  return handle.firstExecutionRunId;
}

async function expectStrangersRefused(databaseUrl: string): Promise<void> {
  const wrong = new URL(databaseUrl);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  const file = await stackFile(folder);
  expect(await connectKeeper({ ...file, token: 'guess' }, { wants: 'stop' }, () => {})).toBeUndefined();
}
