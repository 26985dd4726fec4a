import { type Quoted, valueAt } from '../../plan/binding.js';
import type { MapNode, ReduceNode } from '../../plan/plan.js';
import { settleValue, unquoteSettled } from '../reuse/settle-value.js';
import { combine, type Expected, isCertain, isKnown, unknown } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';
import { type Forecaster, ifTheSame, onWhat } from './forecaster.js';
import { resolveExpected } from './resolve-expected.js';

export async function forecastMap(node: MapNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const items = await itemsOf(node, frame, all);
  if (items === null) return forecastUnknownItems(node, frame, all);
  const results: Expected[] = [];
  for (const { key, item } of items) results.push(await all.block(node.body, frame.forItem(node.id, key, item)));
  return combine(results, (values) => [...values]);
}

export async function forecastReduce(node: ReduceNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const items = await itemsOf(node, frame, all);
  if (items === null) return forecastUnknownItems(node, frame, all);
  let value = resolveExpected(node.initial, frame);
  for (const { key, item } of items) {
    const both = combine([value, item], ([sofar, each]) => ({ value: sofar!, item: each! }));
    value = await all.block(node.body, frame.forItem(node.id, key, both));
  }
  return value;
}

interface KeyedItem {
  readonly key: string;
  readonly item: Expected;
}

/** Null when the list is not known. */
async function itemsOf(
  node: MapNode | ReduceNode,
  frame: ExpectedFrame,
  all: Forecaster,
): Promise<readonly KeyedItem[] | null> {
  const over = resolveExpected(node.over, frame);
  const list = isKnown(over) ? await settleValue(over.value, all.store.artifacts) : null;
  if (!Array.isArray(list)) return null;
  const { on } = over;
  const order = node.kind === 'reduce' ? ', one after the other' : '';
  const reason = `${list.length} items${order}`;
  if (isCertain(over)) all.note(node, frame, { forecast: 'runs', reason });
  else all.note(node, frame, { forecast: 'depends', reason: `${reason} ${ifTheSame(on, all)}`, on });
  return list.map((item: Quoted) => ({
    key: String(unquoteSettled(valueAt(item, node.key ?? []))),
    item: { value: item, on },
  }));
}

/** What is inside is told once, for whatever items there will be. */
async function forecastUnknownItems(
  node: MapNode | ReduceNode,
  frame: ExpectedFrame,
  all: Forecaster,
): Promise<Expected> {
  const { on } = resolveExpected(node.over, frame);
  all.note(node, frame, { forecast: 'depends', reason: onWhat(on), on });
  const inner = frame.forItem(node.id, '*', unknown(on), `for each item of ${node.id}`);
  const result = await all.block(node.body, inner);
  return unknown([...on, ...result.on]);
}
