import type { CallDifference } from './compare-calls.js';

/** A difference between what an engine of old recorded and what this build asks for, that changes nothing. */
interface Intended {
  readonly engine: number;
  readonly kind: CallDifference['kind'];
  readonly path: RegExp;
  readonly reason: string;
}

/** All of them. Whatever is not here is a mistake. */
export const INTENDED: readonly Intended[] = [
  {
    engine: 1,
    kind: 'activity',
    path: /^\/0\/light$/,
    reason: 'a worker knows by the other properties of a task whether its step is light, and never read this one',
  },
  {
    engine: 1,
    kind: 'activity',
    path: /^\/0\/node$/,
    reason: 'keys of items with brackets are written apart, so that no two nodes are called the same',
  },
  {
    engine: 1,
    kind: 'result',
    path: /^\/nodes\//,
    reason:
      'the table of nodes has its lines in the order of their starts, and says of a stopped map that it was cancelled',
  },
];

/** Whether a difference is to be expected of a run that this engine began. */
export function isIntended({ kind, path }: CallDifference, engine: number): boolean {
  return INTENDED.some((each) => each.engine === engine && each.kind === kind && each.path.test(path));
}
