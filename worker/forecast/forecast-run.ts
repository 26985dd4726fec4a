import { quote } from '../../plan/binding.js';
import type { Digest } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import { planUntil } from '../../plan/part-of-plan.js';
import {
  type ApprovalNode,
  type Block,
  EXIT_ITEM,
  type Plan,
  type PlanNode,
  type SleepNode,
  type WaitNode,
} from '../../plan/plan.js';
import type { TakenRun } from '../../plan/protocol.js';
import { nodesOf, visitNode } from '../../plan/visit.js';
import type { RunRecord, Store } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import { comparedRunOf, findComparedRun } from './compared-run.js';
import { type Expected, isKnown, unknown } from './expected.js';
import { ExpectedFrame } from './expected-frame.js';
import type { NodeForecast, RunForecast } from './forecast.js';
import { forecastMap, forecastReduce } from './forecast-list.js';
import { forecastPipeline } from './forecast-pipeline.js';
import { forecastStep } from './forecast-step.js';
import { forecastMatch, forecastPresent, forecastWhen } from './forecast-way.js';
import { type Forecaster, toNodeForecast } from './forecaster.js';
import { resolveExpected } from './resolve-expected.js';

export interface ForecastOptions {
  readonly plan: Plan;
  readonly planHash: Digest;
  readonly code: LoadedCode;
  /** Checked, defaults filled in. */
  readonly params: Json;
  readonly store: Store;
  /** Default: true. */
  readonly reuse?: boolean;
  /** The run that it would take over from, and what. Default: none. */
  readonly part?: { readonly source?: RunRecord; readonly from?: TakenRun; readonly until?: string };
}

/** Says what a run would do, node by node. Nothing is run, published or started. */
export async function forecastRun(options: ForecastOptions): Promise<RunForecast> {
  const { plan: whole, planHash, code, params, store, reuse = true, part = {} } = options;
  const { source, from, until } = part;
  const { plan, skipped } = until === undefined ? { plan: whole, skipped: [] } : planUntil(whole, until);
  const { pipeline } = plan;
  const compared = source ? await comparedRunOf(source, store) : await findComparedRun(pipeline, params, store);
  const nodes: NodeForecast[] = [];
  const all: Forecaster = {
    pipeline,
    bundle: plan.code,
    code,
    store,
    compared,
    from,
    reuse,
    note: (node, frame, what) => void nodes.push(toNodeForecast(node, frame, what)),
    block: (block, frame) => forecastBlock(block, frame, all),
  };
  const frame = ExpectedFrame.of(quote(params));
  await all.block(plan.block, frame);
  if (plan.onExit) {
    const onExit = { ...all, from: undefined };
    await onExit.block(plan.onExit.block, frame.withItem(EXIT_ITEM, unknown([EXIT_ITEM])));
  }
  for (const node of nodesOf(whole.block)) {
    if (skipped.includes(node.id))
      all.note(node, frame, { forecast: 'skipped', reason: `"${until}" does not need it` });
  }
  return { pipeline, plan: planHash, params, comparedWith: compared?.run ?? null, nodes };
}

async function forecastBlock(block: Block, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  for (const node of block.nodes) frame.put(node.id, await forecastNode(node, frame, all));
  return resolveExpected(block.result, frame);
}

function forecastNode(node: PlanNode, frame: ExpectedFrame, all: Forecaster): Expected | Promise<Expected> {
  const waits = (reason: string): Expected => {
    all.note(node, frame, { forecast: 'waits', reason });
    return unknown([frame.rename(node.id)]);
  };
  return visitNode<Expected | Promise<Expected>>(node, {
    step: (n) => forecastStep(n, frame, all),
    when: (n) => forecastWhen(n, frame, all),
    match: (n) => forecastMatch(n, frame, all),
    present: (n) => forecastPresent(n, frame, all),
    map: (n) => forecastMap(n, frame, all),
    reduce: (n) => forecastReduce(n, frame, all),
    pipeline: (n) => forecastPipeline(n, frame, all),
    approval: (n) => waits(approvalReason(n)),
    wait: (n) => waits(waitReason(n)),
    sleep: (n) => {
      waits(sleepReason(n, frame));
      return { value: null, on: new Set() };
    },
    reject: (n) => {
      all.note(n, frame, { forecast: 'ends', reason: 'the run is rejected' });
      return unknown([frame.rename(n.id)]);
    },
  });
}

function approvalReason({ ask, quorum, roles, escalate = [] }: ApprovalNode): string {
  const who = roles.length === 0 ? '' : ` by ${roles.join(', ')}`;
  const later = escalate.map((stage) => `, after ${stage.afterMs / 1000} s by ${stage.roles.join(', ')}`).join('');
  return `for ${quorum === 1 ? 'an approval' : `${quorum} approvals`}${who}${later}: ${ask}`;
}

function waitReason({ timeoutMs }: WaitNode): string {
  return timeoutMs === null ? 'for an event' : `for an event, ${timeoutMs / 1000} s at most`;
}

function sleepReason({ until }: SleepNode, frame: ExpectedFrame): string {
  const expected = resolveExpected(until, frame);
  if (!isKnown(expected)) return 'for a while';
  return typeof expected.value === 'number' ? `for ${expected.value / 1000} s` : `until ${expected.value}`;
}
