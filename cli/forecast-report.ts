import pc from 'picocolors';
import type { Forecast, NodeForecast, RunForecast } from '../worker/forecast/forecast.js';
import { printLine, printTable } from './output.js';

const PAINT: Readonly<Record<Forecast, (text: string) => string>> = {
  reused: pc.green,
  runs: pc.cyan,
  depends: pc.yellow,
  skipped: pc.dim,
  waits: pc.magenta,
  ends: pc.yellow,
};

/** More nodes than this of one place in the plan, an item of a map each, are told in one line. */
const MOST_ITEMS = 10;

/** Prints what a run would do: a line for each node, then the sum. */
export function printForecast({ pipeline, plan, params, comparedWith, nodes }: RunForecast): void {
  printLine(`${pipeline}   plan ${plan.slice('sha256:'.length, 19)}   params ${JSON.stringify(params)}`);
  printTable(['node', 'forecast', 'why'], groupByPlace(nodes).map(rowOf));
  printLine(`${countForecasts(nodes.filter(isStep))}${comparedWith ? `   (the run before: ${comparedWith})` : ''}`);
}

const isStep = ({ kind }: NodeForecast): boolean => kind === 'step';

/** The items of a list lie together as the plan has them, whatever order they were foreseen in. */
function groupByPlace(nodes: readonly NodeForecast[]): readonly (readonly NodeForecast[])[] {
  const places = new Map<string, NodeForecast[]>();
  for (const node of nodes) places.set(node.planNode, [...(places.get(node.planNode) ?? []), node]);
  const many = (node: NodeForecast): boolean => places.get(node.planNode)!.length > MOST_ITEMS;
  const told = new Set<string>();
  return nodes.flatMap((node) => {
    if (!many(node)) return [[node]];
    if (told.has(node.planNode)) return [];
    told.add(node.planNode);
    return [places.get(node.planNode)!];
  });
}

function rowOf(group: readonly NodeForecast[]): readonly string[] {
  const [first] = group;
  if (group.length > 1) return [`${first!.planNode} (${group.length})`, '', countForecasts(group)];
  const { node, forecast, reason, conditions } = first!;
  const why = [...conditions.map(asCondition), reason].join(': ');
  return [node, PAINT[forecast](forecast), why];
}

const asCondition = (condition: string): string => (condition.startsWith('for each') ? condition : `if ${condition}`);

/** As `3 reused, 1 runs`. */
function countForecasts(nodes: readonly NodeForecast[]): string {
  const counts = new Map<Forecast, number>();
  for (const { forecast } of nodes) counts.set(forecast, (counts.get(forecast) ?? 0) + 1);
  return [...counts].map(([forecast, count]) => `${count} ${WORDS[forecast]}`).join(', ') || 'no steps';
}

const WORDS: Readonly<Record<Forecast, string>> = {
  reused: 'reused',
  runs: 'to run',
  depends: 'not known yet',
  skipped: 'skipped',
  waits: 'waiting',
  ends: 'at the end',
};
