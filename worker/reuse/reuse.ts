import type { AnyStep } from '../../dsl/step.js';
import type { CacheMode } from '../../plan/plan.js';
import type { StepTask, StepWait } from '../../plan/protocol.js';
import type { CacheFacts, CacheRecord, Lease, LeaseOwner } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import type { WorkerParts } from '../parts.js';
import { seedOf } from '../steps/seed-of.js';
import { type Attempt, previousOutputOf } from '../steps/step-context.js';
import { bundleOf, cacheKey, type KeyParts } from './cache-key.js';
import { findOffered, type Reusable, type ReuseQuery, whyMissed } from './find-reusable.js';
import { inputDigests } from './input-digests.js';
import type { Observations } from './observe-context.js';
import { enterFlight, type Flight, waitForFlight } from './single-flight.js';
import { whyAnew } from './take-over.js';

/** How a task uses earlier outputs, on this worker. An operator who retries, or runs a node anew, wants it to run. */
export function reuseModeOf(task: StepTask, parts: Pick<WorkerParts, 'reuse'>): CacheMode {
  const mode = parts.reuse ? (task.cache ?? 'off') : 'off';
  return mode === 'reuse' && (task.generation > 0 || task.from?.anew !== undefined) ? 'refresh' : mode;
}

/** What was found out before a step with reuse runs, or instead of it. */
export interface ReuseDecision {
  readonly parts: KeyParts;
  readonly packages: CacheFacts['packages'];
  readonly reason: string;
  /** Null: the function has to run. */
  readonly found: Reusable | null;
  /** Held while the function runs, so that no other attempt does the same work; null: none is. */
  readonly lease: Lease | null;
}

/** One attempt at a step that may be reused. */
export interface ReuseAttempt {
  readonly task: StepTask;
  readonly code: LoadedCode;
  readonly step: AnyStep;
  readonly attempt: Attempt;
  readonly owner: LeaseOwner;
  /** How long the attempt may be silent, in milliseconds. */
  readonly heartbeatMs: number;
}

/**
 * Decides whether the output of an earlier execution stands for this one, whether this one runs, or whether it waits for
 * another attempt that does the same work just now.
 */
export async function decideReuse(of: ReuseAttempt, worker: WorkerParts): Promise<ReuseDecision | StepWait> {
  const { task, code, attempt, owner, heartbeatMs } = of;
  const parts = await keyPartsOf(of, worker);
  const { packages } = code;
  const { pipeline, node, input: recorded } = task;
  const seed = seedOf(pipeline, node);
  const flight: Flight = { key: cacheKey(parts), seed, owner, heartbeatMs };
  if (reuseModeOf(task, worker) === 'refresh') {
    return { parts, packages, found: null, reason: whyRefresh(task), lease: await enterIfFree(flight, worker) };
  }
  const previous = (of: string) => previousOutputOf(of, attempt.run, worker.store);
  const query: ReuseQuery = { ...parts, packages, pipeline, node, recorded, seed, previous };
  const turn = await takeTurn(query, flight, task, worker);
  return 'wait' in turn ? turn : { parts, packages, ...turn, reason: withWait(turn.reason, task) };
}

async function keyPartsOf({ task, code, step }: ReuseAttempt, { store }: WorkerParts): Promise<KeyParts> {
  return {
    step: task.step,
    fingerprint: task.fingerprint,
    input: await inputDigests(task.input, store.artifacts),
    environment: (await step.declaration.environment?.()) ?? null,
    linked: await code.linked(),
    bundle: bundleOf(task.input, task.covers ?? [], task.code),
  };
}

/** What runs in any case waits for nobody; others wait for it. */
async function enterIfFree(flight: Flight, { leases }: WorkerParts): Promise<Lease | null> {
  const entered = await enterFlight(flight, leases);
  return entered.state === 'mine' ? entered.lease : null;
}

type Turn = Pick<ReuseDecision, 'found' | 'reason' | 'lease'>;

async function takeTurn(
  query: ReuseQuery,
  flight: Flight,
  task: StepTask,
  { store, leases }: WorkerParts,
): Promise<Turn | StepWait> {
  const offered = await findOffered(query, store);
  if (offered.found) return { ...offered, lease: null };
  const [entered, miss] = await Promise.all([enterFlight(flight, leases), whyMissed(offered, query, store)]);
  if (entered.state === 'taken') {
    if (miss.isPersonal || !task.mayWait) return { found: null, reason: miss.reason, lease: null };
    return waitForFlight(entered.by, flight, task.waitedMs ?? 0);
  }
  const { lease } = entered;
  // Whoever held the lease before may have committed since this one looked.
  const since = miss.isPersonal ? null : await findOffered(query, store);
  if (since !== null && !since.found) return { found: null, reason: miss.reason, lease };
  await leases.release([lease]);
  return since?.found ? { ...since, lease: null } : { found: null, reason: miss.reason, lease: null };
}

function withWait(reason: string, { waitedMs = 0 }: StepTask): string {
  return waitedMs > 0 ? `${reason}, after a wait of ${Math.ceil(waitedMs / 1000)} s` : reason;
}

function whyRefresh({ node, generation, from }: StepTask): string {
  if (generation === 0 && from?.anew !== undefined) return whyAnew(node, from.anew);
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
