import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPawl, pipelineClient } from '../../client/index.js';
import { digestOf } from '../../plan/canonical.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const PIPELINE = 'test/client/pipelines/orders.ts';
const tsc = join(projectFolder, 'node_modules/typescript/bin/tsc');
let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  // Inside of the checkout, where `pawl/client` is found as in a project that has Pawl installed.
  await mkdir(join(projectFolder, '.pawl'), { recursive: true });
  folder = await mkdtemp(join(projectFolder, '.pawl/test-client-'));
  for (const file of [PIPELINE, 'test/client/pipelines/people.ts']) {
    expect(await stack.pawl('publish', file)).toMatchObject({ code: 0 });
  }
  expect(await stack.pawl('compile', PIPELINE, '--out', folder)).toMatchObject({ code: 0 });
  for (const program of ['use-orders', 'misuse-orders']) {
    await copyFile(join(import.meta.dirname, `programs/${program}.ts.txt`), join(folder, `${program}.ts`));
  }
  await stack.startWorker();
}, 90_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Type-checks the programs with the client that was written for them, and writes their JavaScript. */
async function buildPrograms(): Promise<string> {
  const files = ['use-orders.ts', 'misuse-orders.ts'].map((file) => join(folder, file));
  const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', '--types', 'node'];
  const run = promisify(execFile)(process.execPath, [tsc, '--ignoreConfig', ...options, ...files], { cwd: folder });
  return run.then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

test('a program with the written client gets typed results; wrong uses do not compile', async () => {
  expect(await buildPrograms()).toBe('');
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'use-orders.js')], {
    env: { ...process.env, TEMPORAL_ADDRESS: stack.stack.temporalAddress },
  });
  const priced = { item: 'yacht', total: 2500, dear: true, at: '1970-01-01T00:00:00.000Z' };
  const fault = { node: 'price', message: expect.stringContaining('the price list has no thirteen') };
  expect(JSON.parse(stdout)).toMatchObject({
    good: { id: 'client-good', total: 10, note: null, at: '1970-01-01T00:00:00.000Z' },
    dear: priced,
    failed: [fault],
    aborted: { outcome: 'aborted', faults: [fault, { node: '', message: 'aborted by an operator: nobody wants it' }] },
    second: { type: 'Conflict', message: 'a run with the id "client-slow" is at work already' },
    notHeld: { type: 'Conflict', message: 'the run is not held: there is nothing to decide' },
    cancelled: 'cancelled',
    wrong: {
      type: 'InvalidParams',
      message: expect.stringMatching(/cuont: is not a param. Did you mean "count"\?[\s\S]*expected string/),
      hint: expect.stringContaining('item'),
    },
    unknown: { type: 'UnknownRun', message: 'no open run is called "no-such-run"' },
  });
}, 90_000);

test('decides and sends events; wrong ones are refused and change nothing', async () => {
  const pawl = await connectPawl({ address: stack.stack.temporalAddress });
  const client = pipelineClient<object, { limit: { limit: number }; file: string }>('test-people', {
    plan: digestOf('not looked at'),
    params: {},
  });
  const run = await client.start(pawl, {});
  await until(async () => (await run.nodes().catch(() => [])).filter(({ state }) => state === 'waiting').length === 2);
  await expect(run.approve({ by: 'ann', value: { limit: 'high' } })).rejects.toMatchObject({ name: 'PawlError' });
  await expect(run.send('lables', { file: 'a.csv' })).rejects.toMatchObject({ name: 'PawlError' });
  await run.approve({ by: 'ann', value: { limit: 3 } });
  await run.send('labels', { file: 'a.csv' });
  expect(await run.result()).toEqual({ outcome: 'succeeded', value: { limit: { limit: 3 }, file: 'a.csv' } });
  await pawl.close();
});

test('a client loads neither compiler nor worker nor anything else that is heavy', async () => {
  const script = `
    import { createRequire, register } from 'node:module';
    const hooks = 'export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }';
    register('data:text/javascript,' + encodeURIComponent(hooks));
    await import('pawl/client');
    for (const file of Object.keys(createRequire(import.meta.url).cache)) process._rawDebug(file);
  `;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: projectFolder,
    maxBuffer: 1e8,
  });
  const loaded = stderr.split('\n').map((line) => line.replaceAll('\\', '/'));
  expect(loaded.some((file) => file.includes('/dist/client/connect.js'))).toBe(true);
  expect(loaded.some((file) => /@temporalio\/client/.test(file))).toBe(true);
  const heavy = /esbuild|ts-morph|typescript|duckdb|tensorflow|@temporalio\/(worker|core-bridge)|\/pg\/|kysely/;
  expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
  const own = loaded.filter((file) => file.startsWith(pathToFileURL(join(projectFolder, 'dist')).href));
  expect(own.filter((file) => !/\/dist\/(client|plan)\//.test(file))).toEqual([]);
});

test('large parts of a result arrive whole, and what does not travel is refused, not handed over as references', async () => {
  expect(await stack.pawl('publish', 'test/runs/pipelines/large-result.ts')).toMatchObject({ code: 0 });
  const pawl = await connectPawl({ address: stack.stack.temporalAddress });
  const largeResult = pipelineClient<{ bytes: number }, { whole: { text: string }; texts: string[]; part: string[] }>(
    'large-result',
    { plan: digestOf('any'), params: {} },
  );
  const text = 'x'.repeat(100_000);
  const fits = await largeResult.start(pawl, { bytes: text.length });
  expect(await fits.result()).toEqual({
    outcome: 'succeeded',
    value: { whole: { text, parts: ['a', 'b'] }, texts: [text], part: ['a', 'b'] },
  });
  const tooLarge = await largeResult.start(pawl, { bytes: 900_000 });
  await expect(tooLarge.result()).rejects.toMatchObject({
    type: 'InvalidValue',
    hint: expect.stringContaining('artifacts'),
  });
  await pawl.close();
}, 60_000);
