import { closest, distance } from 'fastest-levenshtein';

/** `Did you mean "x"?` when a known name is near, else a list of what there is. */
export function suggestName(wanted: string, known: readonly string[]): string {
  if (known.length === 0) return 'There is none yet.';
  const near = closest(wanted, [...known]);
  if (distance(wanted, near) <= Math.max(2, Math.floor(wanted.length / 3))) return `Did you mean "${near}"?`;
  return `There are: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}.`;
}
