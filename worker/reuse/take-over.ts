import { canonicalJson } from '../../plan/canonical.js';
import type { StepTask } from '../../plan/protocol.js';
import type { CacheFacts, CacheRecord, JournalEntry, LineageEdge, ReuseOrigin, Store } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import { bundleOf } from './cache-key.js';
import { changedParts, describeChanges } from './explain-miss.js';
import { intactEdges } from './find-reusable.js';
import { inputDigests } from './input-digests.js';

/** What a node takes over from the run that its own began with. */
export interface TakenOver {
  readonly entry: JournalEntry;
  readonly origin: ReuseOrigin;
  /** The artifacts in its output, all of them at hand. */
  readonly lineage: readonly LineageEdge[];
}

/** `reason` is a phrase for people, as `taken from run X`, or why the step runs anew. */
export type TakeOver =
  | { readonly taken: TakenOver; readonly reason: string }
  | { readonly taken: null; readonly reason: string };

export type TakeOverTask = Pick<StepTask, 'node' | 'step' | 'fingerprint' | 'input' | 'code' | 'covers'>;
type Source = NonNullable<StepTask['from']>;

/** Whether what a run has committed at a node stands for the same node of another run. */
export async function takeOver(task: TakeOverTask, from: Source, store: Store): Promise<TakeOver> {
  if (from.anew !== undefined) return { taken: null, reason: whyAnew(task.node, from.anew) };
  const entry = await store.journal.committedOutput({ runId: from.runId, node: task.node });
  if (!entry) return { taken: null, reason: `run ${from.run} has no output of it` };
  const change = await changeSince(entry, task, from.run, store);
  if (change !== null) return { taken: null, reason: change };
  const lineage = await intactEdges(entry, store);
  if (!lineage) return { taken: null, reason: `an artifact of run ${from.run} is gone` };
  const own = { run: entry.workflowId, runId: entry.runId, node: entry.node };
  const taken = { entry, origin: entry.reusedFrom ?? own, lineage };
  return { taken, reason: `taken from run ${from.run}` };
}

/** As an operator asked for it. */
export function whyAnew(node: string, anew: string): string {
  return node === anew ? 'runs anew, as asked for' : `runs anew: it is part of "${anew}", or comes after it`;
}

/** Null: it is the same work. */
async function changeSince(
  entry: JournalEntry,
  task: TakeOverTask,
  run: string,
  { artifacts, plans }: Store,
): Promise<string | null> {
  if (entry.step !== task.step) return `in run ${run} this node was another step, ${entry.step}`;
  if (entry.fingerprint !== task.fingerprint) return `code changed since run ${run}`;
  const before = entry.cache?.input ?? (await inputDigests(entry.input, artifacts));
  const now = await inputDigests(task.input, artifacts);
  if (canonicalJson(before) !== canonicalJson(now)) {
    const changed = changedParts(before, now);
    return `input changed since run ${run}: ${describeChanges(changed, entry.input, task.input)}`;
  }
  // A definition that came as a value of the run is in no fingerprint.
  if (bundleOf(task.input, task.covers ?? [], task.code) === null) return null;
  const plan = await plans.plan(entry.planHash);
  return plan?.plan.code === task.code ? null : `code changed since run ${run}, maybe of a definition that is given`;
}

/** What the commit of an output that was taken over says. It is not offered: whoever made it offers it. */
export async function takenRecord(
  task: StepTask,
  { entry, origin }: TakenOver,
  reason: string,
  code: LoadedCode,
  store: Store,
): Promise<CacheRecord> {
  const facts = entry.cache ?? (await factsOf(task, code, store));
  return { key: null, seed: null, facts: { ...facts, packages: code.packages }, reason, from: origin };
}

/** What the commit of a step without reuse says that ran although its run takes outputs over. */
export async function ranRecord(task: StepTask, reason: string, code: LoadedCode, store: Store): Promise<CacheRecord> {
  return { key: null, seed: null, facts: await factsOf(task, code, store), reason, from: null };
}

async function factsOf(task: StepTask, code: LoadedCode, { artifacts }: Store): Promise<CacheFacts> {
  return {
    input: await inputDigests(task.input, artifacts),
    environment: null,
    linked: await code.linked(),
    bundle: bundleOf(task.input, task.covers ?? [], task.code),
    packages: code.packages,
    reads: [],
    refused: null,
  };
}
