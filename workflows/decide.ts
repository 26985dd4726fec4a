import {
  type Binding,
  isDeferred,
  isOrElse,
  isSpilled,
  type Quoted,
  resolveBinding,
  valueAt,
} from '../plan/binding.js';
import { isJsonObject } from '../plan/json.js';
import { callIsNull, callRead } from './calls.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { tryUntilDone } from './try-until-done.js';

/**
 * Goes on with a value that may have to be waited for. What is there already is not awaited: that would change the order
 * in which nodes begin, which the histories of earlier runs have recorded.
 */
export function whenThere<T, R>(value: T | Promise<T>, go: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(go) : go(value);
}

/** The value a node decides by, brought into the history if it is not there. */
export function valueToDecide(binding: Binding, id: string, frame: Frame, run: Run): Quoted | Promise<Quoted> {
  const value = resolveBinding(binding, frame);
  if (!isDeferred(value)) return value;
  run.state.started(id);
  return tryUntilDone(id, run, () => callRead(value));
}

/** Whether a value is `null`. One that is too large for the history stays outside of it. */
export function isNull(value: Quoted, id: string, run: Run): boolean | Promise<boolean> {
  if (!isDeferred(value)) return value === null;
  // Only large values are spilled, so what stands for a whole one is not null.
  if (isSpilled(value) && value.path.length === 0) return false;
  run.state.started(id);
  return tryUntilDone(id, run, () => callIsNull(value));
}

/** A value in which each `orElse` is decided: what leaves the run has no alternatives in it. */
export function settle(value: Quoted, id: string, run: Run): Quoted | Promise<Quoted> {
  return isSettled(value) ? value : settleParts(value, id, run);
}

export function isSettled(value: Quoted): boolean {
  return !JSON.stringify(value).includes('"$orElse"');
}

async function settleParts(value: Quoted, id: string, run: Run): Promise<Quoted> {
  if (isOrElse(value)) {
    const [first, fallback] = value.$orElse;
    return settle(valueAt((await isNull(first, id, run)) ? fallback : first, value.path), id, run);
  }
  if (Array.isArray(value)) return Promise.all(value.map((part) => settle(part, id, run)));
  if (!isJsonObject(value) || Object.keys(value).some((key) => key.startsWith('$'))) return value;
  const parts = Object.entries(value).map(async ([key, part]) => [key, await settle(part, id, run)] as const);
  return Object.fromEntries(await Promise.all(parts));
}
