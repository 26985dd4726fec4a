import type { ApprovalNode, NodeAnnotation, PlanNode } from '../../../plan/plan.js';
import { visitNode } from '../../../plan/visit.js';

/** What a picture says about a node: its id, what its author calls it, what it does and where. */
export function chartLines(node: PlanNode, annotation: NodeAnnotation | undefined): readonly string[] {
  const lines = [node.id, annotation?.label ?? '', annotation?.doc ?? '', ...kindLines(node)];
  return lines.map(firstLine).filter((line, index) => index === 0 || line !== '');
}

/** The first line of a text. */
export function firstLine(text: string): string {
  return text
    .trim()
    .split(/[\r\n]/)[0]!
    .trim();
}

function kindLines(node: PlanNode): readonly string[] {
  return visitNode<readonly string[]>(node, {
    step: ({ options }) => [
      options.queue === 'default' ? '' : `queue ${options.queue}`,
      options.cache ? `cache ${options.cache}` : '',
    ],
    when: () => [''],
    match: () => ['by its tag'],
    present: () => ['whether it is there'],
    map: (n) => [`each item, ${n.concurrency} at a time`],
    reduce: () => ['one item after the other'],
    pipeline: (n) => [n.pipeline === n.id ? 'a pipeline' : `the pipeline ${n.pipeline}`],
    approval: (n) => [n.ask, n.roles.length > 0 ? `by ${n.roles.join(', ')}` : '', ...stages(n), dueIn(n.expiresMs)],
    wait: (n) => ['waits for an event', dueIn(n.timeoutMs)],
    sleep: (n) => [typeof n.until === 'number' ? `waits ${durationText(n.until)}` : 'waits until a time'],
    reject: () => ['ends the run as rejected'],
  });
}

function stages({ escalate = [] }: ApprovalNode): readonly string[] {
  return escalate.map(({ afterMs, roles }) => `after ${durationText(afterMs)} ${roles.join(', ')}`);
}

function dueIn(ms: number | null): string {
  return ms === null ? '' : `at most ${durationText(ms)}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** Milliseconds in the largest unit that they are a whole number of: `90s`, `2h`. */
export function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
