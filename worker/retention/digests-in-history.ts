import type { Digest } from '../../plan/canonical.js';
import { digestsIn } from '../../store/index.js';

/** Every digest that a history, as Temporal's protocol has it, mentions. Payloads are bytes in it. */
export function digestsInHistory(history: unknown): ReadonlySet<Digest> {
  const found = new Set<Digest>();
  collect(history, found);
  return found;
}

function collect(value: unknown, found: Set<Digest>): void {
  if (typeof value === 'string') addAll(value, found);
  else if (value instanceof Uint8Array) addAll(Buffer.from(value).toString('latin1'), found);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, found);
}

function addAll(text: string, found: Set<Digest>): void {
  for (const digest of digestsIn(text)) found.add(digest);
}
