import type { Quoted } from '../plan/binding.js';
import { digestOfJson } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { Run } from './run.js';

export interface Asked {
  /** The node's id in the run. */
  readonly id: string;
  /** Its id in the plan. */
  readonly planId: string;
  /** All that the answer is about: another question needs another answer. */
  readonly about: Json;
}

/**
 * What a node that waits for people or for a time was answered in the run that this one takes over from; undefined when
 * it has to be asked. The answer then counts here too.
 */
export function takenAnswer({ id, planId, about }: Asked, { pinned, state }: Run): { value: Quoted } | undefined {
  const { from } = pinned;
  const known = from?.answers[id];
  if (!from || !known || from.anew.includes(planId) || known.about !== digestOfJson(about)) return undefined;
  state.decided(id);
  state.finished(id, { run: from.run, node: id });
  state.answer(id, known);
  return { value: known.value };
}

/** Keeps an answer for runs that take over from this one. Engines before 3 kept none. */
export function keepAnswer({ id, about }: Asked, value: Quoted, { pinned, state }: Run): void {
  if (pinned.engine >= 3) state.answer(id, { about: digestOfJson(about), value });
}
