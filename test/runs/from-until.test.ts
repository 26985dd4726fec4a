import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPawl, type PawlConnection, pipelineClient } from '../../client/index.js';
import type { NodeStatus, RunResult } from '../../plan/protocol.js';
import type { NodeForecast } from '../../worker/forecast/forecast.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let pawl: PawlConnection;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-parts-'));
  pawl = await connectPawl({ address: stack.stack.temporalAddress, namespace: 'default' });
  for (const name of ['parts', 'three-steps'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await pawl.close();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Params {
  readonly file: string;
  readonly n?: number;
  readonly asks?: boolean;
}

const parts = pipelineClient<Params, { n: number; beside: number }>('parts', { plan: 'sha256:0', params: {} });
const ranIn = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).sort();
const ALL = ['a', 'b', 'beside', 'first', 'second', 'third'];

/** A whole run, and the file with what ran in it. */
async function wholeRun(id: string): Promise<string> {
  const file = join(folder, id);
  const run = await parts.start(pawl, { file }, { id });
  expect(await run.result()).toMatchObject({ outcome: 'succeeded', value: { n: 4, beside: 2 } });
  expect(await ranIn(file)).toEqual(ALL);
  await rm(file);
  return file;
}

async function tableOf(id: string): Promise<ReadonlyMap<string, NodeStatus>> {
  const { memo } = await stack.client.workflow.getHandle(id).describe();
  return new Map((memo!.result as unknown as RunResult).nodes.map((node) => [node.node, node]));
}

async function reasonsOf(id: string): Promise<Readonly<Record<string, string | null>>> {
  const run = await stack.store.runs.latest(id);
  const nodes = await stack.store.journal.nodesOfRun(run!.runId);
  return Object.fromEntries(nodes.map(({ node, cacheReason }) => [node, cacheReason]));
}

describe('pawl run --from RUN --node NODE', () => {
  test('runs the node and what depends on it, takes the rest over, with the params, and says why', async () => {
    const file = await wholeRun('whole');
    const flags = ['--from', 'whole', '--node', 'second', '--json'];
    const { nodes } = JSON.parse((await stack.pawl('plan', 'parts', ...flags)).stdout) as { nodes: NodeForecast[] };
    const foreseen = Object.fromEntries(nodes.map(({ node, reason }) => [node, reason]));
    expect(foreseen).toMatchObject({
      first: 'taken from run whole',
      beside: 'taken from run whole',
      second: 'runs anew, as asked for',
      third: 'runs anew: it is part of "second", or comes after it',
    });
    const ran = await stack.pawl('run', 'parts', ...flags, '--id', 'again');
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 4, beside: 2 } });
    expect(await ranIn(file)).toEqual(['second', 'third']);
    expect(await reasonsOf('again')).toMatchObject({
      first: 'taken from run whole',
      'each[a]/item': 'taken from run whole',
      second: 'runs anew, as asked for',
      third: 'runs anew: it is part of "second", or comes after it',
    });
    const table = await tableOf('again');
    expect(table.get('first')).toMatchObject({ state: 'done', reused: { run: 'whole', node: 'first' } });
    expect(table.get('second')).not.toHaveProperty('reused');
    const [whole, again] = await Promise.all(['whole', 'again'].map((id) => stack.store.runs.latest(id)));
    expect(again).toMatchObject({
      params: { file, n: 0 },
      nominalTime: whole!.nominalTime,
      origin: { from: { run: 'whole', runId: whole!.runId, node: 'second' } },
    });
    expect(await stack.pawl('replay', 'again')).toMatchObject({ code: 0 });
  });

  test('takes nothing over that has other params', async () => {
    const file = await wholeRun('other-params');
    const ran = await stack.pawl('run', 'parts', '--from', 'other-params', '--node', 'beside', '--n', '5', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 9, beside: 7 } });
    expect(await ranIn(file)).toEqual(ALL);
    expect(await reasonsOf((JSON.parse(ran.stdout) as { run: string }).run)).toMatchObject({
      first: 'input changed since run other-params: n 0 → 5',
    });
  });

  test('without --node: what was not done runs, from any client, and its answers count', async () => {
    const file = join(folder, 'broken');
    await writeFile(`${file}.breaks-third`, '');
    const broken = await parts.start(pawl, { file, asks: true }, { id: 'broken' });
    await broken.send('labels', { n: 1 });
    await until(
      async () => (await broken.nodes()).some(({ node, state }) => node === 'when.then/agree' && state === 'waiting'),
      20_000,
    );
    await broken.approve({ by: 'ada' });
    await until(async () => (await stack.store.runs.latest('broken'))?.phase === 'held', 20_000);
    await rm(`${file}.breaks-third`);
    await rm(file);
    const again = await parts.start(pawl, null, { id: 'mended', from: { run: 'broken' } });
    expect(await again.result()).toMatchObject({ outcome: 'succeeded', value: { n: 4 } });
    expect(await ranIn(file)).toEqual(['third']);
    expect((await tableOf('mended')).get('when.then/agree')).toMatchObject({
      reused: { run: 'broken', node: 'when.then/agree' },
    });
    await broken.abort({ reason: 'mended' });
    // Asked for anew, people are asked again.
    const asked = await parts.start(pawl, null, { id: 'asked', from: { run: 'mended', node: 'when.then/labels' } });
    await until(
      async () => (await asked.nodes()).some(({ node, state }) => node === 'when.then/labels' && state === 'waiting'),
      20_000,
    );
    await asked.cancel();
  });

  test('refuses what cannot be meant, before anything is started', async () => {
    await wholeRun('refused');
    const refusals = [
      [['--from', 'refused', '--node', 'secnd'], 'Did you mean "second"?'],
      [['--from', 'refused', '--node', 'each/item'], 'Name the list: --node each'],
      [['--from', 'refusd'], 'Did you mean "refused"?'],
      [['--node', 'second'], '--from RUN --node second'],
      [['--until', 'frst', '--file', 'x'], 'Did you mean "first"?'],
    ] as const;
    const before = (await stack.store.runs.list({ limit: 100 })).length;
    for (const [flags, words] of refusals) {
      const ran = await stack.pawl('run', 'parts', ...flags);
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    }
    const other = await stack.pawl('run', 'three-steps', '--from', 'refused');
    expect(other.stderr).toContain('is of pipeline "parts", not of "three-steps"');
    expect(await stack.store.runs.list({ limit: 100 })).toHaveLength(before);
  });

  test('is refused by the run itself for a client that does not know better', async () => {
    const run = await parts.start(pawl, null, { from: { run: 'nobody' } });
    expect(await run.result()).toMatchObject({ outcome: 'failed', faults: [{ type: 'UnknownRun' }] });
  });
});

describe('pawl run --until NODE', () => {
  test('ends as succeeded with what the node put out; what it does not need is skipped', async () => {
    const file = join(folder, 'until');
    const ran = await stack.pawl('run', 'parts', '--file', file, '--until', 'second', '--id', 'until', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 3 } });
    expect(await ranIn(file)).toEqual(['a', 'b', 'first', 'second']);
    const plan = await stack.pawl('plan', 'parts', '--file', file, '--until', 'second', '--json');
    const { nodes } = JSON.parse(plan.stdout) as { nodes: NodeForecast[] };
    expect(nodes.find(({ node }) => node === 'third')).toMatchObject({
      forecast: 'skipped',
      reason: '"second" does not need it',
    });
    const table = await tableOf('until');
    for (const node of ['beside', 'third', 'when.then/agree'])
      expect(table.get(node)).toMatchObject({ state: 'skipped' });
    expect(await stack.pawl('replay', 'until')).toMatchObject({ code: 0 });
    // And from there on to the end.
    await rm(file);
    const rest = await stack.pawl('run', 'parts', '--from', 'until', '--json');
    expect(JSON.parse(rest.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 4, beside: 2 } });
    expect(await ranIn(file)).toEqual(['beside', 'third']);
  });
});
