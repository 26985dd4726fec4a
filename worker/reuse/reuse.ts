import type { AnyStep } from '../../dsl/step.js';
import type { CacheMode } from '../../plan/plan.js';
import type { StepTask } from '../../plan/protocol.js';
import type { CacheFacts, CacheRecord } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import type { WorkerParts } from '../parts.js';
import { type Attempt, previousOutputOf, seedOf } from '../steps/step-context.js';
import { bundleOf, cacheKey, type KeyParts } from './cache-key.js';
import { findReusable, type Reusable } from './find-reusable.js';
import { inputDigests } from './input-digests.js';
import type { Observations } from './observe-context.js';

/** How a task uses earlier outputs, on this worker. An operator who retries wants the step to run. */
export function reuseModeOf(task: StepTask, parts: Pick<WorkerParts, 'reuse'>): CacheMode {
  const mode = parts.reuse ? (task.cache ?? 'off') : 'off';
  return mode === 'reuse' && task.generation > 0 ? 'refresh' : mode;
}

/** What was found out before a step with reuse runs, or instead of it. */
export interface ReuseDecision {
  readonly parts: KeyParts;
  readonly packages: CacheFacts['packages'];
  readonly reason: string;
  /** Null: the function has to run. */
  readonly found: Reusable | null;
}

/** Decides whether the output of an earlier execution stands for this one. */
export async function decideReuse(
  task: StepTask,
  code: LoadedCode,
  step: AnyStep,
  attempt: Attempt,
  { store, reuse }: WorkerParts,
): Promise<ReuseDecision> {
  const parts: KeyParts = {
    step: task.step,
    fingerprint: task.fingerprint,
    input: await inputDigests(task.input, store.artifacts),
    environment: (await step.declaration.environment?.()) ?? null,
    linked: await code.linked(),
    bundle: bundleOf(task.input, task.covers ?? [], task.code),
  };
  const { packages } = code;
  if (reuseModeOf(task, { reuse }) === 'refresh') return { parts, packages, found: null, reason: whyRefresh(task) };
  const { pipeline, node, input: recorded } = task;
  const query = { ...parts, packages, pipeline, node, recorded, seed: seedOf(pipeline, node) };
  const previous = (of: string) => previousOutputOf(of, attempt.run, store);
  return { parts, packages, ...(await findReusable({ ...query, previous }, store)) };
}

function whyRefresh({ generation }: StepTask): string {
  return generation > 0 ? 'an operator asked for another attempt' : 'refresh: runs, and offers its output';
}

/** What the commit of a reused output says. */
export function reusedRecord({ parts, packages, reason }: ReuseDecision, { offer }: Reusable): CacheRecord {
  return { key: cacheKey(parts), seed: offer.seed, facts: { ...offer.facts, packages }, reason, from: offer.origin };
}

/** What the commit of a function that ran says. */
export function offeredRecord({ parts, packages, reason }: ReuseDecision, seen: Observations): CacheRecord {
  const { input, environment, linked, bundle } = parts;
  const { reads, refused, seed } = seen;
  const facts: CacheFacts = { input, environment, linked, bundle, packages, reads, refused };
  return { key: refused === null ? cacheKey(parts) : null, seed, facts, reason, from: null };
}
