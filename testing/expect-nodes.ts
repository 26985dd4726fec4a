import { AssertionError } from 'node:assert';
import { suggestName } from '../plan/suggest.js';
import type { RunEnding, TestNode } from './run/result.js';

/** Steps by their ids in the run. `*` stands for any text: `shares[*]/share`, `when.else/*`. */
export interface ExpectedNodes {
  /** Their functions, or stubs of them, were called and came to an end. */
  readonly ran?: readonly string[];
  /** They took over the output of an earlier run. */
  readonly reused?: readonly string[];
  /** The run went another way. */
  readonly skipped?: readonly string[];
  /** They wait for an operator. */
  readonly held?: readonly string[];
  /** They failed for good. */
  readonly failed?: readonly string[];
}

type Category = keyof ExpectedNodes;

const CATEGORIES: Readonly<Record<Category, { readonly word: string; readonly has: (node: TestNode) => boolean }>> = {
  ran: { word: 'ran', has: ({ state, reused }) => state === 'done' && reused === undefined },
  reused: { word: 'were reused', has: ({ reused }) => reused !== undefined },
  skipped: { word: 'were skipped', has: ({ state }) => state === 'skipped' },
  held: { word: 'are held', has: ({ state }) => state === 'held' },
  failed: { word: 'failed', has: ({ state }) => state === 'failed' },
};

/**
 * Asserts which steps of a run ran, were reused, were skipped. Of a category that is given, exactly those steps must be
 * in it; categories that are left out are not looked at. Control nodes count where they are named.
 *
 * @throws AssertionError that lists what is missing, with what became of it, and what is there beside.
 * @example
 * expectNodes(run, { ran: ['ingest', 'train', 'gate'], skipped: ['when.then/deploy'] });
 */
export function expectNodes(run: Pick<RunEnding<unknown>, 'nodes'>, expected: ExpectedNodes): void {
  const wanted = Object.entries(expected) as [Category, readonly string[]][];
  const problems = wanted.flatMap(([category, patterns]) => problemsOf(category, patterns, run.nodes));
  if (problems.length === 0) return;
  throw new AssertionError({
    message: ['the nodes of the run are not as expected:', ...problems].join('\n'),
    actual: Object.fromEntries(wanted.map(([category]) => [category, actualOf(category, run.nodes)])),
    expected,
    operator: 'expectNodes',
    stackStartFn: expectNodes,
  });
}

function problemsOf(category: Category, patterns: readonly string[], nodes: readonly TestNode[]): readonly string[] {
  const { word, has } = CATEGORIES[category];
  const tests = patterns.map((pattern) => ({ pattern, matches: matcherOf(pattern) }));
  const missing = tests.flatMap(({ pattern, matches }) => {
    const named = nodes.filter(({ node }) => matches(node));
    if (named.length === 0) return [`  - ${pattern}: ${absent(pattern, nodes)}`];
    return named.filter((node) => !has(node)).map((node) => `  - ${node.node}: ${becameOf(node)}`);
  });
  const extra = nodes.filter(
    (node) => node.kind === 'step' && has(node) && !tests.some((each) => each.matches(node.node)),
  );
  return [
    ...(missing.length > 0 ? [`expected to be among those that ${word}:`, ...missing] : []),
    ...(extra.length > 0 ? [`not expected among those that ${word}:`, ...extra.map(({ node }) => `  + ${node}`)] : []),
  ];
}

function matcherOf(pattern: string): (id: string) => boolean {
  const text = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${text.join('[\\s\\S]*')}$`);
  return (id) => expression.test(id);
}

function absent(pattern: string, nodes: readonly TestNode[]): string {
  const near = suggestName(
    pattern,
    nodes.map(({ node }) => node),
  );
  return `the run did not come to it${near.startsWith('Did you mean') ? `. ${near}` : ''}`;
}

function becameOf({ state, reused, fault }: TestNode): string {
  if (reused !== undefined) return `was reused from ${reused}`;
  if (fault) return `${state}: ${fault.message}`;
  return state === 'done' ? 'ran' : state;
}

function actualOf(category: Category, nodes: readonly TestNode[]): readonly string[] {
  return nodes.filter((node) => node.kind === 'step' && CATEGORIES[category].has(node)).map(({ node }) => node);
}
