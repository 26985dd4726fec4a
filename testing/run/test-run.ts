import type { z } from 'zod';
import { misuse } from '../../dsl/misuse.js';
import { isPipeline, type Pipeline, type PipelineParts } from '../../dsl/pipeline.js';
import type { Trace } from '../../dsl/trace.js';
import { type Quoted, quote } from '../../plan/binding.js';
import { canonicalJson, digestOf } from '../../plan/canonical.js';
import { checkPlan } from '../../plan/check.js';
import type { Json } from '../../plan/json.js';
import { PLAN_FORMAT } from '../../plan/plan.js';
import type { ModelRegistry } from '../../plan/registry.js';
import { examineParams, invalidParams } from '../../worker/runs/param-problems.js';
import { Frame } from '../../workflows/frame.js';
import { unquoteInline } from '../../workflows/inline-value.js';
import { sharedArtifacts } from '../memory-artifacts.js';
import { memoryRegistry } from '../memory-registry.js';
import { withWholeIds } from './answers.js';
import { Clock } from './clock.js';
import { RunStopped } from './endings.js';
import { Evaluation } from './evaluate.js';
import { HeldDecisions, heldFaults } from './fault-policies.js';
import { Folders } from './folders.js';
import { NodeTable } from './node-table.js';
import type { PreviousRun, TestRunOptions, WithParams } from './options.js';
import { placeDefinitions } from './place-definitions.js';
import type { RunEnding } from './result.js';
import { type Ending, runExit } from './run-exit.js';
import type { NodeLog, RunParts } from './run-parts.js';
import { StubTable } from './stub-table.js';

/** A run in a test that has come to its end, or cannot go on. */
export type TestRun<Value = unknown> = RunEnding<Value> & {
  /** What steps logged, in order. */
  readonly logged: readonly NodeLog[];
  /** The models that are registered and deployed now. */
  readonly registry: ModelRegistry;
};

/**
 * Runs a pipeline in this process, without a server: its own graph and its own steps, with what the test replaces. One
 * node after the other, in the order of the file; waiting and pauses take no time.
 *
 * A step that fails is tried as often as its options say, and then the run is `held`, unless `onHeld` decides.
 *
 * @throws PawlError `InvalidParams`; `InvalidPlan` for a pipeline that cannot be drawn, for a stub, an answer or a
 *   decision that fits nothing in it, and for a decision that a run would refuse.
 * @example
 * const run = await testRun(retrain, { params: { month: '2001-01' }, stubs: [stub(train, model)] });
 * expect(run.outcome).toBe('succeeded');
 */
export async function testRun<P extends z.ZodType, Value>(
  pipeline: Pipeline<P, Value>,
  ...[options]: WithParams<P, TestRunOptions>
): Promise<TestRun<Value>> {
  if (!isPipeline(pipeline)) throw misuse('testRun was given no pipeline', 'Pass what `pipeline(…)` returned.');
  const given: TestRunOptions & { readonly params?: unknown } = options ?? {};
  const params = await checkedParams(pipeline, given.params ?? {});
  const folders = new Folders();
  try {
    const parts = await partsOf(pipeline, given, folders);
    const ending = await evaluate(parts, quote(params));
    const { table, logged, registry } = parts;
    const rest = { nodes: table.list(), logged, registry };
    // The value of a run that succeeded is the result that the pipeline's type says.
    return { ...ending, ...rest } as TestRun<Value>;
  } finally {
    await folders.remove();
  }
}

async function checkedParams(pipeline: PipelineParts, params: unknown): Promise<Json> {
  const { value, problems } = await examineParams(pipeline, params);
  if (problems.length === 0) return value;
  throw invalidParams(pipeline.name, problems, { hint: 'Mend the option `params` of the test.' });
}

async function partsOf(pipeline: PipelineParts, options: TestRunOptions, folders: Folders): Promise<RunParts> {
  const traced = pipeline.trace();
  requireSound(pipeline.name, traced);
  const { now = '2001-01-01T00:00:00.000Z', environment = 'dev' } = options;
  const clock = new Clock(timeOf(now));
  const { name } = pipeline;
  return {
    traced,
    clock,
    options: withWholeIds(options, traced),
    info: { id: `${name}-test`, runId: `${name}-test-run`, pipeline: name, nominalTime: clock.now, environment },
    table: new NodeTable(),
    stubs: new StubTable(traced, options.stubs ?? []),
    artifacts: options.artifacts ?? sharedArtifacts.within(folders),
    registry: await registryOf(options),
    previous: outputsOf(options.previous),
    checkpoints: new Map(),
    logged: [],
    placeDefinitions: () => placeDefinitions(pipeline, traced),
    makeFolder: () => folders.make(),
  };
}

/** @throws Misuse for a graph that the compiler would refuse. */
function requireSound(name: string, { block, onExit, steps }: Trace): void {
  const rest = { code: digestOf('test'), params: {}, schedule: null, holdMs: 1 };
  const plan = { pawl: PLAN_FORMAT, pipeline: name, ...rest, block, ...(onExit && { onExit }) } as const;
  const [problem] = checkPlan(plan, { steps: [...steps.keys()] });
  if (problem) throw misuse(problem.message, problem.hint);
}

function timeOf(now: string | Date): number {
  const time = new Date(now).getTime();
  if (Number.isNaN(time)) throw misuse(`"${String(now)}" is not a time`, "Write it as '2001-03-02T06:00:00Z'.");
  return time;
}

async function registryOf({ registry = memoryRegistry(), champions = {} }: TestRunOptions): Promise<ModelRegistry> {
  for (const [name, model] of Object.entries(champions)) {
    const key = `champion of the test: ${digestOf(canonicalJson(model as Json))}`;
    const { version } = await registry.register({ name, model: model as Json, report: null, key, run: 'test' });
    const expected = (await registry.champion(name))?.version ?? null;
    if (expected !== version) await registry.promote({ name, version, expected, key, run: 'test' });
  }
  return registry;
}

function outputsOf(previous: TestRunOptions['previous'] = {}): Readonly<Record<string, Json>> {
  if (!isRun(previous)) return previous as Readonly<Record<string, Json>>;
  const known = previous.nodes.flatMap(({ node, output }) => (output === undefined ? [] : [[node, output] as const]));
  return Object.fromEntries(known);
}

const isRun = (value: NonNullable<TestRunOptions['previous']>): value is PreviousRun =>
  Array.isArray((value as Partial<PreviousRun>).nodes);

async function evaluate(parts: RunParts, params: Quoted): Promise<RunEnding<unknown>> {
  const evaluation = new Evaluation(parts);
  const { table } = parts;
  const ending = await endOf(evaluation, parts, params);
  if (ending === undefined) {
    const faults = table.faultsIn('held');
    return { outcome: faults.length > 0 ? 'held' : 'waiting', value: null, faults, nodes: [] };
  }
  const { outcome } = ending;
  table.closeUnder('', outcome === 'rejected' ? 'cancelled' : 'failed');
  await runExit(evaluation, parts, params, ending);
  return { ...ending, value: unquoteInline(ending.value), nodes: [] } as RunEnding<unknown>;
}

/** Undefined when the run cannot go on. */
async function endOf(evaluation: Evaluation, parts: RunParts, params: Quoted): Promise<Ending | undefined> {
  try {
    const faults = heldFaults(parts.table, new HeldDecisions(parts.options.onHeld));
    const value = await evaluation.block(parts.traced.block, new Frame(params), faults);
    return value === undefined ? undefined : { outcome: 'succeeded', value, faults: [] };
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    return error;
  }
}
