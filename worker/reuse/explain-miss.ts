import type { Quoted } from '../../plan/binding.js';
import { isJsonObject } from '../../plan/json.js';
import type { CacheFacts, JournalEntry, Store } from '../../store/index.js';
import type { ReuseQuery } from './find-reusable.js';
import { shownPart } from './input-digests.js';

const MOST_CHANGES = 3;

/** Why there is nothing to reuse. */
export interface Miss {
  /** A phrase for people: what has changed since the node was last executed. */
  readonly reason: string;
  /** The same code has used what no key can hold, so that its output would not be offered either. */
  readonly isPersonal: boolean;
}

/** Why no earlier output is offered for a node. */
export async function explainMiss(query: ReuseQuery, store: Store): Promise<Miss> {
  const latest = await store.journal.latestCommit(query);
  if (!latest) return { reason: 'no earlier execution', isPersonal: false };
  const isSameCode = latest.step === query.step && latest.fingerprint === query.fingerprint;
  return { reason: difference(latest, query), isPersonal: isSameCode && (latest.cache?.refused ?? null) !== null };
}

function difference(latest: JournalEntry, query: ReuseQuery): string {
  const run = `run ${latest.workflowId}`;
  const { cache } = latest;
  if (latest.step !== query.step) return `in ${run} this node was another step, ${latest.step}`;
  if (latest.fingerprint !== query.fingerprint) {
    return `code changed since ${run}${packageChanges(cache?.packages ?? query.packages, query.packages)}`;
  }
  if (cache === null) return `reuse was off in ${run}`;
  const changed = changedParts(cache.input, query.input);
  if (changed.length > 0)
    return `input changed since ${run}: ${describeChanges(changed, latest.input, query.recorded)}`;
  if (cache.environment !== query.environment) {
    return `${run} computed with ${cache.environment ?? 'something else'}, here it would be ${query.environment}`;
  }
  const linked = changedNames(cache.linked, query.linked);
  if (linked.length > 0) return `linked package ${linked.join(', ')} changed since ${run}`;
  if (cache.bundle !== query.bundle) return `code changed since ${run}, maybe of a definition that the run gives it`;
  if (cache.refused !== null) return `${run} does not offer its output: the step uses ${cache.refused}`;
  return `${run} does not offer its output${withdrawn(latest)}`;
}

/** Why it is no longer offered, if it was. */
function withdrawn({ note }: JournalEntry): string {
  const why = isJsonObject(note) ? note.withdrawn : undefined;
  return typeof why === 'string' ? ` any more: ${why}` : '';
}

/** Names of the properties that differ; an empty name for an input that is not an object. */
export function changedParts(before: CacheFacts['input'], now: CacheFacts['input']): readonly string[] {
  if (typeof before === 'string' || typeof now === 'string') return before === now ? [] : [''];
  return changedNames(before, now);
}

type Named = Readonly<Record<string, string>>;

function changedNames(before: Named, now: Named): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.filter((name) => before[name] !== now[name]);
}

/** As ` (package zod 4.6.6 → 4.6.7)`; nothing when the packages are the same. */
function packageChanges(before: Named, now: Named): string {
  const changed = changedNames(before, now).slice(0, MOST_CHANGES);
  const shown = changed.map((name) => `package ${name} ${before[name] ?? 'none'} → ${now[name] ?? 'none'}`);
  return shown.length > 0 ? ` (${shown.join(', ')})` : '';
}

export function describeChanges(names: readonly string[], before: Quoted, now: Quoted): string {
  const shown = names.slice(0, MOST_CHANGES).map((name) => describeChange(name, before, now));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function describeChange(name: string, before: Quoted, now: Quoted): string {
  if (name === '') return 'all of it';
  const [old, recent] = [shownPart(before, name), shownPart(now, name)];
  return old === undefined || recent === undefined || old === recent ? name : `${name} ${old} → ${recent}`;
}
