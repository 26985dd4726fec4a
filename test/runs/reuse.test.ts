import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../plan/canonical.js';
import type { RunResult } from '../../plan/protocol.js';
import { objectPath } from '../../store/artifacts/object-files.js';
import type { JournalEntry, StandingOffer } from '../../store/index.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const FILES = ['reuse.ts', 'reuse-given.ts', 'reuse-near.ts', 'reuse-far.ts'];
let stack: TestStack;
let folder: string;
let project: string;
let marks: string;
let counter = 0;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-reuse-'));
  marks = join(folder, 'marks');
  project = join(projectFolder, '.pawl', `test-reuse-${process.pid}`);
  await mkdir(project, { recursive: true });
  for (const file of FILES) await cp(join(projectFolder, 'test/runs/pipelines', file), join(project, file));
  await writeFile(join(folder, 'needed'), '');
  await publish();
  await stack.startWorker();
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
  await rm(project, { recursive: true, force: true });
});

async function publish(file = 'reuse.ts'): Promise<void> {
  const published = await stack.pawl('publish', join(project, file));
  expect(published).toMatchObject({ code: 0 });
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(project, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(project, file), text.replace(from, to));
  await publish();
}

interface Asked {
  readonly n?: number;
  readonly needs?: string;
  readonly count?: number;
  readonly memo?: Record<string, unknown>;
}

async function start({ n = 1, needs = join(folder, 'needed'), count = 3, memo }: Asked = {}) {
  await rm(marks, { force: true });
  counter += 1;
  const args = [{ file: marks, needs, n, count }];
  return stack.client.workflow.start('reuse', { taskQueue: 'pawl', workflowId: `reuse-${counter}`, args, memo });
}

/** A run to its end: what ran, what each node says, and the result. */
async function run(asked?: Asked) {
  const handle = await start(asked);
  const result: RunResult = await handle.result();
  const entries = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
  const ran = (await readFile(marks, 'utf8')).split('\n').filter(Boolean).sort();
  const nodes = Object.fromEntries(entries.map((entry): [string, JournalEntry] => [entry.node, entry]));
  return { id: handle.workflowId, runId: handle.firstExecutionRunId, result, ran, nodes };
}

/** What runs in every run: a light step, one that says who it is, one whose node is off. */
const ALWAYS = ['light', 'personal', 'work'];

describe('a second run on the same input', () => {
  test('reuses what may be reused, with the same result, and says where each output came from', async () => {
    const first = await run();
    expect(first.ran).toEqual(['fussy', 'keep', 'light', 'personal', 'seeded', 'work', 'work']);
    expect(first.nodes.work).toMatchObject({ cacheReason: 'no earlier execution', reusedFrom: null });
    expect(first.nodes.again).toMatchObject({ cacheReason: null, cache: null });
    const second = await run();
    expect(second.ran).toEqual(ALWAYS);
    const { personal: _, ...value } = second.result.value as { personal: unknown };
    expect(first.result.value).toMatchObject(value);
    const origin = { run: first.id, runId: first.runId, node: 'keep' };
    expect(second.nodes.keep).toMatchObject({ cacheReason: `reused from run ${first.id}`, reusedFrom: origin });
    const table = Object.fromEntries(second.result.nodes.map(({ node, reused }) => [node, reused]));
    expect(table).toMatchObject({ work: { run: first.id, node: 'work' }, again: undefined, personal: undefined });
    expect(second.nodes.personal?.cacheReason).toContain('the step uses ctx.run');
  });

  test('gives the lineage that running would give', async () => {
    const { nodes, runId } = await run();
    const { artifact } = nodes.keep!.output as { artifact: { digest: Digest } };
    const uses = await stack.store.lineage.lineageOf(artifact.digest);
    expect(uses.filter((use) => use.runId === runId)).toMatchObject([
      { node: 'keep', direction: 'out', path: '/artifact' },
    ]);
  });

  test('names the execution that made the output, however often it was taken over', async () => {
    const { nodes } = await run();
    expect(nodes.keep?.reusedFrom?.run).toBe('reuse-1');
    const shown = await stack.pawl('show', `reuse-${counter}`);
    expect(shown.stdout).toMatch(/keep +reused .* reused from run reuse-1/);
    expect(await stack.pawl('replay', `reuse-${counter}`)).toMatchObject({ code: 0 });
  });
});

describe('a change', () => {
  test('of the input says which part', async () => {
    const { ran, nodes } = await run({ n: 2 });
    expect(ran).toEqual(['fussy', 'keep', ...ALWAYS, 'work']);
    expect(nodes.work?.cacheReason).toMatch(/^input changed since run reuse-\d+: n 1 → 2$/);
    expect(nodes.keep?.cacheReason).toMatch(/^input changed since run reuse-\d+: n 10 → 20$/);
    expect(nodes.seeded?.cacheReason).toMatch(/^reused from run reuse-1$/);
  });

  test('of a value between inline and spilled is a change of the value alone', async () => {
    const long = await run({ count: 5000 });
    expect(JSON.stringify(long.nodes.keep?.input)).toContain('$spill');
    expect(long.nodes.keep?.cacheReason).toMatch(/^input changed since run reuse-\d+: .*words/);
    expect((await run({ count: 5000 })).nodes.keep?.reusedFrom?.run).toBe(long.id);
  });

  test('two files away from a step runs it again; of a comment or another step does not', async () => {
    await edit('reuse-far.ts', '=> 10', '=> 100');
    const changed = await run();
    expect(changed.ran).toEqual(['keep', 'light', 'personal', 'work', 'work']);
    expect(changed.nodes.work?.cacheReason).toMatch(/^code changed since run reuse-\d+/);
    await edit('reuse-far.ts', '/** Two files away', '/** Two whole files away');
    expect((await run()).ran).toEqual(ALWAYS);
    await edit('reuse.ts', "'fussy\\n'", "'fussier\\n'");
    expect((await run()).ran).toEqual(['fussier', ...ALWAYS]);
  });
});

describe('switches', () => {
  test('of a run: off runs all and offers nothing, refresh runs all and offers', async () => {
    const off = await run({ n: 7, memo: { reuse: 'off' } });
    expect(off.nodes.work?.cache).toBeNull();
    const next = await run({ n: 7 });
    expect(next.ran).toContain('keep');
    expect(next.nodes.work?.cacheReason).toBe(`reuse was off in run ${off.id}`);
    const fresh = await run({ n: 7, memo: { reuse: 'refresh' } });
    expect(fresh.ran).toEqual([...next.ran, 'seeded'].sort());
    expect((await run({ n: 7 })).nodes.work?.reusedFrom?.run).toBe(fresh.id);
  });

  test('of the command line', async () => {
    const params = JSON.stringify({ file: marks, needs: join(folder, 'needed'), n: 7 });
    const ask = (...flags: string[]) => stack.pawl('run', 'reuse', '--params', params, ...flags);
    expect((await ask()).stderr).toMatch(/work .*reused from/);
    expect((await ask('--no-cache')).stderr).not.toContain('reused');
    expect((await ask('--refresh')).stderr).not.toContain('reused');
  });
});

describe('a step that failed', () => {
  test('is offered once it has succeeded, and an operator who retries gets it run', async () => {
    const needs = join(folder, 'later');
    const handle = await start({ needs });
    await until(async () => (await stack.store.runs.latest(handle.workflowId))?.phase === 'held');
    await writeFile(needs, '');
    await stack.pawl('retry', handle.workflowId);
    const entries = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    expect(entries.find(({ node, generation }) => node === 'fussy' && generation === 1)).toMatchObject({
      cacheReason: 'an operator asked for another attempt',
    });
    expect((await run({ needs })).nodes.fussy?.reusedFrom?.run).toBe(handle.workflowId);
  });
});

describe('an artifact', () => {
  test('that is gone makes its step run, which brings it back', async () => {
    const before = await run();
    const { artifact } = before.nodes.keep!.output as { artifact: { digest: Digest } };
    await rm(objectPath(stack.stack.artifacts, artifact.digest), { force: true });
    const { ran, nodes } = await run();
    expect(ran).toEqual(['keep', ...ALWAYS]);
    expect(nodes.keep?.cacheReason).toMatch(/^an artifact of run reuse-\d+ is gone$/);
    expect((await run()).ran).toEqual(ALWAYS);
  });
});

describe('pawl cache', () => {
  test('lists what is offered, and evicts it: the next run makes it anew and says why', async () => {
    const before = await run();
    const cache = async (...args: string[]) => stack.pawl('cache', ...args);
    const listed = JSON.parse((await cache('list', '--step', 'keep', '--json')).stdout) as StandingOffer[];
    const offer = listed.find(({ reused, bytes }) => reused > 0 && bytes > 0)!;
    expect(offer).toMatchObject({
      step: 'keep',
      node: 'keep',
      pipeline: 'reuse',
      run: expect.stringMatching(/^reuse-/),
    });
    const [node, was] = Object.entries(before.nodes).find(([name]) => name === 'keep')!;
    const dry = await cache('evict', '--step', 'keep', '--dry-run');
    expect(dry.stdout).toContain(`would evict ${listed.length} outputs`);
    expect((await run()).nodes.keep?.reusedFrom).not.toBeNull();
    expect((await cache('evict', '--step', 'keep')).stdout).toContain(`evicted ${listed.length} outputs`);
    const after = await run();
    expect(after.ran).toContain('keep');
    expect(after.nodes.keep?.cacheReason).toMatch(/does not offer its output any more: evicted on \d{4}-\d\d-\d\d$/);
    const kept = (await stack.store.journal.nodesOfRun(before.runId)).find((entry) => entry.node === node);
    expect(kept).toMatchObject({ state: 'committed', output: was.output, reusedFrom: was.reusedFrom });
  });

  test.each([
    [['evict'], 'nothing says what to evict'],
    [['evict', 'abc'], '"abc" is no key'],
    [['evict', digestOf('nobody')], 'nothing is offered under sha256:'],
    [['evict', '--all', '--step', 'keep'], '--all evicts everything'],
    [['evict', '--older-than', 'soon'], '--older-than is'],
  ])('refuses %j', async (args, message) => {
    expect(await stack.pawl('cache', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});

describe('a definition that the run hands on', () => {
  test('counts with its code, which the fingerprint of the node cannot know', async () => {
    const file = join(folder, 'built');
    const build = async (workflowId: string): Promise<number> => {
      await publish('reuse-given.ts');
      await stack.client.workflow.execute('reuse-given', { taskQueue: 'pawl', workflowId, args: [{ file }] });
      return (await readFile(file, 'utf8')).split('\n').filter(Boolean).length;
    };
    expect(await build('given-1')).toBe(1);
    expect(await build('given-2')).toBe(1);
    const far = join(project, 'reuse-far.ts');
    await writeFile(far, (await readFile(far, 'utf8')).replace('(): number =>', '(): number => 1 +'));
    expect(await build('given-3')).toBe(2);
  });
});

describe('a worker with PAWL_REUSE=off', () => {
  test('runs every step', async () => {
    process.env.PAWL_REUSE = 'off';
    try {
      const other = await startTestStack();
      try {
        expect(await other.pawl('publish', join(project, 'reuse.ts'))).toMatchObject({ code: 0 });
        await other.startWorker();
        const args = [{ file: marks, needs: join(folder, 'needed'), n: 1 }];
        for (const workflowId of ['off-1', 'off-2']) {
          const result = await other.client.workflow.execute('reuse', { taskQueue: 'pawl', workflowId, args });
          expect(JSON.stringify((result as RunResult).nodes)).not.toContain('reused');
        }
      } finally {
        await other.stop();
      }
    } finally {
      delete process.env.PAWL_REUSE;
    }
  });
});
