import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilePipeline } from '../../dsl/compile/index.js';
import type { Json } from '../../plan/json.js';
import type { NodeStatus, Outcome, RunResult } from '../../plan/protocol.js';
import { planNodesOf } from '../../plan/visit.js';
import { type TestNode, testRun } from '../../testing/index.js';
import { publish } from '../../worker/publish.js';
import { declareProgram, programsOf, UNATTENDED_KINDS, writeProgram } from '../dsl/compile/programs.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { evaluatePlan } from './evaluate-plan.js';

const PROGRAMS = 30;
/** Enough for nodes inside each other; more would make one run as long as all others. */
const MAX_NODES = 40;
const CHUNK_ITEMS = 2;
/** `PAWL_TEST_SEED` repeats the programs of another time. */
const seed = Number(process.env.PAWL_TEST_SEED ?? Date.now() % 1_000_000);

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  await mkdir(join(projectFolder, '.pawl'), { recursive: true });
  folder = await mkdtemp(join(projectFolder, '.pawl', 'test-random-'));
  // Maps of three items run theirs in workflows of their own.
  process.env.PAWL_CHUNK_ITEMS = `${CHUNK_ITEMS}`;
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

test(`random programs end as they do one node after the other, and as in a test run (seed ${seed})`, async () => {
  const programs = sample();
  const runs = programs.map(({ program, exit, params, declared, traced }, at) => {
    return { id: `random-${at}`, text: writeProgram(program, { exit }), params, declared, traced };
  });
  for (const { id, text } of runs) await publishText(id, text);
  await Promise.all(
    runs.map(async ({ id, text, params, declared, traced }) => {
      const handle = await stack.client.workflow.start(id, { taskQueue: 'pawl', workflowId: id, args: [params] });
      const { outcome, value, nodes } = (await handle.result()) as RunResult;
      const { rejections, value: expected } = await evaluatePlan(traced, params);
      expect(outcome, text).toBe(rejections.length === 0 ? 'succeeded' : 'rejected');
      if (outcome === 'succeeded') expect(value, text).toEqual(expected);
      else expect(rejections, text).toContainEqual(value);
      const open = nodes.filter(({ state }) => state === 'running' || state === 'waiting' || state === 'held');
      expect(open, text).toEqual([]);
      const tested = await testRun(declared, { params });
      expect(tested.outcome, text).toBe(outcome);
      expect(rejections, text).toEqual(outcome === 'rejected' ? expect.arrayContaining([tested.value]) : []);
      // Which of several rejections is the first depends on time, and so does how far the rest got.
      expect(statesOf(tested.nodes), text).toMatchObject(decidedIn(nodes, tested.nodes, outcome));
      if (outcome === 'succeeded')
        expect(statesOf(ofTheGraph(outsideChunks(tested.nodes))), text).toEqual(statesOf(ofTheGraph(nodes)));
    }),
  );
  const kinds = new Set(programs.flatMap(({ kinds }) => kinds));
  expect([...kinds].sort()).toEqual([
    'map',
    'match',
    'pipeline',
    'present',
    'reduce',
    'reject',
    'sleep',
    'step',
    'when',
  ]);
}, 120_000);

test('replays random runs', async () => {
  for (const at of [0, 1, 2]) expect(await stack.pawl('replay', `random-${at}`)).toMatchObject({ code: 0 });
});

type States = readonly Pick<NodeStatus, 'node' | 'state'>[];

function statesOf(nodes: States): Record<string, string> {
  return Object.fromEntries(nodes.map(({ node, state }) => [node, state]));
}

const isOfExit = ({ node }: Pick<NodeStatus, 'node'>): boolean => node.startsWith('on-exit/');
const isDecided = ({ state }: Pick<NodeStatus, 'state'>): boolean => state === 'done' || state === 'skipped';
const ofTheGraph = (nodes: States): States => nodes.filter((each) => !isOfExit(each));

/** The table of a run has no nodes of items that ran in workflows of their own. */
function outsideChunks(nodes: readonly TestNode[]): States {
  const chunked = nodes.flatMap(({ kind, node: map }) => {
    const keys = nodes.flatMap(({ node }) =>
      node.startsWith(`${map}[`) ? [node.slice(map.length).split(']')[0]] : [],
    );
    return kind === 'map' && new Set(keys).size > CHUNK_ITEMS ? [`${map}[`] : [];
  });
  return nodes.filter(({ node }) => !chunked.some((start) => node.startsWith(start)));
}

/** What was decided of the nodes that both runs came to. Those that run on exit read what the run was rejected with. */
function decidedIn(nodes: States, others: States, outcome: Outcome): Record<string, string> {
  const both = new Set(others.filter(isDecided).map(({ node }) => node));
  const compared = outcome === 'rejected' ? ofTheGraph(nodes) : nodes;
  return statesOf(compared.filter((each) => isDecided(each) && both.has(each.node)));
}

function sample() {
  const peaceful = UNATTENDED_KINDS.filter((kind) => kind !== 'reject');
  return [UNATTENDED_KINDS, peaceful].flatMap((kinds) =>
    fc
      .sample(fc.tuple(programsOf(kinds), programsOf(UNATTENDED_KINDS), values), { numRuns: PROGRAMS * 4, seed })
      .map(([program, exit, params]) => ({ program, exit, params, declared: declareProgram(program, { exit }) }))
      .map((each) => ({ ...each, traced: each.declared.trace() }))
      .map((each) => ({ ...each, kinds: planNodesOf(each.traced).map(({ kind }) => kind) }))
      .filter(({ kinds: { length } }) => length > 3 && length <= MAX_NODES)
      .slice(0, PROGRAMS / 2),
  );
}

const variants: fc.Arbitrary<Json> = fc.constantFrom<Json>({ kind: 'a', a: 'a' }, { kind: 'b', b: 3 });
const values: fc.Arbitrary<Json> = fc.record({
  ok: fc.boolean(),
  list: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
  maybe: fc.constantFrom<Json>(null, 'there'),
  variant: variants,
});

async function publishText(name: string, text: string): Promise<void> {
  const file = join(folder, `${name}.ts`);
  await writeFile(file, text.replace("pipeline('random'", `pipeline('${name}'`));
  const { compiled, diagnostics } = await compilePipeline(file, { root: projectFolder });
  expect(diagnostics, text).toEqual([]);
  await publish(compiled!, stack.store);
}
