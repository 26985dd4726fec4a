/** What the steps of `held` get wrong until somebody mends it. */
export function rateOf(word: string): number {
  if (word.startsWith('bad')) throw new Error(noRate(word));
  return word.length;
}

function noRate(word: string): string {
  return `${word} has no rate`;
}
