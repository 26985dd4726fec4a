import { codeNamesIn, type Quoted } from '../../plan/binding.js';
import { EXIT_ITEM, type StepNode } from '../../plan/plan.js';
import { bundleOf } from '../reuse/cache-key.js';
import { findReusable, type Lookup } from '../reuse/find-reusable.js';
import { inputDigests } from '../reuse/input-digests.js';
import { takeOver, whyAnew } from '../reuse/take-over.js';
import { seedOf } from '../steps/seed-of.js';
import { previousOutputOf } from '../steps/step-context.js';
import { type Expected, isKnown, unknown } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';
import { type Forecaster, ifTheSame, onWhat } from './forecaster.js';
import { type Recorded, resolveExpected } from './resolve-expected.js';

export async function forecastStep(node: StepNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const id = frame.rename(node.id);
  const taken = await forecastTaken(node, id, frame, all);
  if (taken) return taken;
  const always = whyAlways(node, all);
  if (always !== null) {
    all.note(node, frame, { forecast: 'runs', reason: always });
    return outputAsBefore(node, id, all);
  }
  const input = resolveExpected(node.input, frame, recordedInput(node, id, all));
  if (!isKnown(input)) {
    all.note(node, frame, { forecast: 'depends', reason: onWhat(input.on), on: input.on });
    return outputAsBefore(node, id, all);
  }
  return noteLookup(node, frame, all, input, await lookUp(node, id, input.value, all));
}

/** What becomes of a step whose run takes over from another one; null where that says nothing about it. */
async function forecastTaken(
  node: StepNode,
  id: string,
  frame: ExpectedFrame,
  all: Forecaster,
): Promise<Expected | null> {
  const { from, store, bundle: code } = all;
  if (!from || node.options.light || id.startsWith(`${EXIT_ITEM}/`)) return null;
  if (from.node !== undefined && from.anew.includes(node.id)) {
    all.note(node, frame, { forecast: 'runs', reason: whyAnew(node.id, from.node) });
    return outputAsBefore(node, id, all);
  }
  const input = resolveExpected(node.input, frame, recordedInput(node, id, all));
  if (!isKnown(input)) return null;
  const covers = codeNamesIn(node.input);
  const { step, fingerprint } = node;
  const task = { node: id, step, fingerprint, input: input.value, code, covers };
  const { taken, reason } = await takeOver(task, { run: from.run, runId: from.runId }, store);
  if (!taken) return null;
  const { on } = input;
  if (on.size === 0) all.note(node, frame, { forecast: 'reused', reason, from: taken.origin });
  else all.note(node, frame, { forecast: 'depends', reason: `${reason} ${ifTheSame(on, all)}`, on });
  return { value: taken.entry.output, on };
}

function noteLookup(
  node: StepNode,
  frame: ExpectedFrame,
  all: Forecaster,
  { on }: Expected,
  { found, reason }: Lookup,
): Expected {
  const from = found?.offer.origin;
  const forecast = found ? 'reused' : 'runs';
  if (on.size === 0) all.note(node, frame, { forecast, reason, from });
  else {
    const why = found ? '' : `: ${reason}`;
    all.note(node, frame, { forecast: 'depends', reason: `${forecast} ${ifTheSame(on, all)}${why}`, on });
  }
  return found ? { value: found.offer.output, on } : outputAsBefore(node, frame.rename(node.id), all);
}

/** Null when it may be reused. */
function whyAlways({ options }: StepNode, { reuse }: Forecaster): string | null {
  if (options.light) return 'light: always runs';
  if (options.cache === undefined || options.cache === 'off') return 'always: cache is off';
  if (!reuse) return 'always: PAWL_REUSE is off';
  return options.cache === 'refresh' ? 'always: refresh' : null;
}

/** A step that runs may put out anything; for what depends on it, the output of the compared run is tried. */
function outputAsBefore(node: StepNode, id: string, all: Forecaster): Expected {
  const entry = recordedEntry(node, id, all);
  return entry ? { value: entry.output, on: new Set([id]) } : unknown([id]);
}

function recordedInput(node: StepNode, id: string, all: Forecaster): Recorded | undefined {
  const entry = recordedEntry(node, id, all);
  const binding = all.compared?.steps.get(node.id)?.input;
  return entry && binding !== undefined ? { value: entry.input, binding } : undefined;
}

function recordedEntry(node: StepNode, id: string, { compared }: Forecaster) {
  const entry = compared?.entries.get(id);
  return entry?.step === node.step ? entry : undefined;
}

async function lookUp(node: StepNode, id: string, input: Quoted, all: Forecaster): Promise<Lookup> {
  const { pipeline, code, store } = all;
  const { step, fingerprint } = node;
  const environment = (await code.steps.get(step)?.declaration.environment?.()) ?? null;
  // As if the run began now.
  const run = { pipeline, nominalTime: new Date().toISOString(), runId: '' };
  const query = {
    pipeline,
    node: id,
    step,
    fingerprint,
    environment,
    recorded: input,
    seed: seedOf(pipeline, id),
    packages: code.packages,
    input: await inputDigests(input, store.artifacts),
    linked: await code.linked(),
    bundle: bundleOf(input, codeNamesIn(node.input), all.bundle),
    previous: (of: string) => previousOutputOf(of, run, store),
  };
  return findReusable(query, store);
}
