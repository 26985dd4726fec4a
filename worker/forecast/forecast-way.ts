import type { Quoted } from '../../plan/binding.js';
import type { Block, MatchNode, PlanNode, PresentNode, WhenNode } from '../../plan/plan.js';
import { nodesOf } from '../../plan/visit.js';
import { settleValue, unquoteSettled } from '../reuse/settle-value.js';
import { type Expected, isKnown, unknown } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';
import { type Forecaster, ifTheSame, onWhat } from './forecaster.js';
import { describeBinding, resolveExpected } from './resolve-expected.js';

/** One of the ways that a run may take. */
interface Way {
  readonly block: Block;
  /** When it is taken, as `gate.passed is true`. */
  readonly condition: string;
  readonly takes: (value: Quoted) => boolean;
}

export function forecastWhen(node: WhenNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const what = describeBinding(node.if);
  const ways = [
    { block: node.then, condition: `${what} is true`, takes: (value: Quoted) => value === true },
    { block: node.else, condition: `${what} is false`, takes: (value: Quoted) => value === false },
  ];
  return forecastWays(node, resolveExpected(node.if, frame), ways, frame, all);
}

export function forecastMatch(node: MatchNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const what = describeBinding(node.on);
  const ways: Way[] = node.cases.map(({ is, block }) => ({
    block,
    condition: `${what} is ${JSON.stringify(is)}`,
    takes: (value) => String(value) === String(is),
  }));
  if (node.otherwise) ways.push({ block: node.otherwise, condition: `${what} is none of these`, takes: () => true });
  return forecastWays(node, resolveExpected(node.on, frame), ways, frame, all);
}

export function forecastPresent(node: PresentNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const what = describeBinding(node.value);
  const ways = [
    { block: node.then, condition: `${what} is there`, takes: (value: Quoted) => value !== null },
    { block: node.else, condition: `${what} is null`, takes: (value: Quoted) => value === null },
  ];
  return forecastWays(node, resolveExpected(node.value, frame), ways, frame, all);
}

async function forecastWays(
  node: PlanNode,
  decider: Expected,
  ways: readonly Way[],
  frame: ExpectedFrame,
  all: Forecaster,
): Promise<Expected> {
  const taken = isKnown(decider) ? await wayFor(decider.value, ways, all) : undefined;
  if (taken && decider.on.size === 0) return takeOne(node, taken, ways, frame, all);
  const { on } = decider;
  const reason = taken ? `${taken.condition} ${ifTheSame(on, all)}` : onWhat(on);
  all.note(node, frame, { forecast: 'depends', reason, on });
  let result = unknown(on);
  for (const way of ways) {
    const expected = await all.block(way.block, frame.inner(way.condition));
    if (way === taken) result = { ...expected, on: new Set([...expected.on, ...on]) };
  }
  return result;
}

async function wayFor(value: Quoted, ways: readonly Way[], { store }: Forecaster): Promise<Way | undefined> {
  const plain = unquoteSettled(await settleValue(value, store.artifacts));
  return ways.find(({ takes }) => takes(plain));
}

function takeOne(node: PlanNode, taken: Way, ways: readonly Way[], frame: ExpectedFrame, all: Forecaster) {
  all.note(node, frame, { forecast: 'runs', reason: taken.condition });
  for (const way of ways) {
    if (way === taken) continue;
    for (const skipped of nodesOf(way.block)) {
      all.note(skipped, frame, { forecast: 'skipped', reason: `only if ${way.condition}` });
    }
  }
  return all.block(taken.block, frame.inner());
}
