import type { Quoted } from '../../plan/binding.js';
import type { CacheFacts, JournalEntry, Store } from '../../store/index.js';
import type { ReuseQuery } from './find-reusable.js';
import { shownPart } from './input-digests.js';

const MOST_CHANGES = 3;

/** Why no earlier output is offered for a node: what has changed since it was last executed. */
export async function explainMiss(query: ReuseQuery, store: Store): Promise<string> {
  const latest = await store.journal.latestCommit(query);
  return latest ? difference(latest, query) : 'no earlier execution';
}

function difference(latest: JournalEntry, query: ReuseQuery): string {
  const run = `run ${latest.workflowId}`;
  const { cache } = latest;
  if (latest.step !== query.step) return `in ${run} this node was another step, ${latest.step}`;
  if (latest.fingerprint !== query.fingerprint) return `code changed since ${run}`;
  if (cache === null) return `reuse was off in ${run}`;
  const changed = changedParts(cache.input, query.input);
  if (changed.length > 0)
    return `input changed since ${run}: ${describeChanges(changed, latest.input, query.recorded)}`;
  if (cache.environment !== query.environment) {
    return `${run} computed with ${cache.environment ?? 'something else'}, here it would be ${query.environment}`;
  }
  if (cache.refused !== null) return `${run} does not offer its output: the step uses ${cache.refused}`;
  return `${run} does not offer its output`;
}

/** Names of the properties that differ; an empty name for an input that is not an object. */
function changedParts(before: CacheFacts['input'], now: CacheFacts['input']): readonly string[] {
  if (typeof before === 'string' || typeof now === 'string') return before === now ? [] : [''];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.filter((name) => before[name] !== now[name]);
}

function describeChanges(names: readonly string[], before: Quoted, now: Quoted): string {
  const shown = names.slice(0, MOST_CHANGES).map((name) => describeChange(name, before, now));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function describeChange(name: string, before: Quoted, now: Quoted): string {
  if (name === '') return 'all of it';
  const [old, recent] = [shownPart(before, name), shownPart(now, name)];
  return old === undefined || recent === undefined || old === recent ? name : `${name} ${old} → ${recent}`;
}
