import type { Quoted } from './binding.js';
import type { Json } from './json.js';

/** An item of a list that a node runs over, with the key that names its nodes. */
export interface KeyedItem {
  readonly key: string;
  readonly item: Quoted;
}

const MAX_KEY = 200;
/** A NUL, or half of a character. */
const UNNAMEABLE = /\0|\p{Surrogate}/u;

/** Why these cannot be the keys of items, which name their nodes and so must be short and different; null when they can. */
export function keyProblem(keys: readonly Json[]): string | null {
  const seen = new Set<string>();
  for (const key of keys) {
    if (typeof key !== 'string' && typeof key !== 'number')
      return `an item has no key: ${JSON.stringify(key).slice(0, 100)}`;
    const text = String(key);
    if (text === '') return 'an item has an empty key';
    if (text.length > MAX_KEY) return `the key "${text.slice(0, 50)}…" has ${text.length} characters, over ${MAX_KEY}`;
    if (UNNAMEABLE.test(text))
      return `the key ${JSON.stringify(text).slice(0, 50)} has a character that no database keeps`;
    if (seen.has(text)) return `two items have the key "${text}"`;
    seen.add(text);
  }
  return null;
}
