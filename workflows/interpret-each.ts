import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { refsOf } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { Block, PlanNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { bindingsOf, blocksOf, nodesOf } from '../plan/visit.js';
import { RunRejected } from './ending.js';
import type { FaultPolicy } from './fault-policy.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import type { RunState } from './run-state.js';
import { Stop } from './stop.js';

/** Whether a node came to its value. */
type Success = boolean;

/** Faults that nobody is asked about: the node has failed. */
export function notedFaults(state: RunState): FaultPolicy {
  const note = (fault: Fault): NodeFailed => {
    state.failed(fault);
    return new NodeFailed(fault.message);
  };
  return {
    hold: async (fault) => {
      throw note(fault);
    },
    refuse: note,
  };
}

class NodeFailed extends Error {}

/** Runs the nodes of a block, each for itself: one that fails takes only those with it that need it. Never rejects. */
export async function interpretEach(block: Block, frame: Frame, run: Run): Promise<void> {
  const started = new Map<string, Promise<Success>>();
  for (const node of block.nodes) {
    const needed = readsOf(node).flatMap((id) => started.get(id) ?? []);
    started.set(
      node.id,
      Promise.all(needed).then((successes) => interpretAlone(node, successes.every(Boolean), frame, run)),
    );
  }
  await Promise.all(started.values());
}

async function interpretAlone(node: PlanNode, ready: boolean, frame: Frame, run: Run): Promise<Success> {
  if (!ready || run.stop.stopped) {
    for (const each of [node, ...innerNodesOf(node)]) run.state.skipped(frame.rename(each.id));
    return false;
  }
  const alone: Block = { nodes: [node], result: { $ref: node.id, path: [] } };
  // Whatever ends this node ends no other.
  const stop = new Stop({ scope: new CancellationScope(), around: run.stop, endsPart: () => true });
  try {
    const value = await stop.inScope(() => run.interpret(alone, frame.inner(), { ...run, stop }));
    frame.put(node.id, value);
    return true;
  } catch (error) {
    if (!isExpected(error, run)) run.state.failed(bugIn(frame.rename(node.id), error));
    return false;
  } finally {
    stop.forget();
  }
}

function isExpected(error: unknown, { stop }: Run): boolean {
  return stop.stopped || error instanceof NodeFailed || error instanceof RunRejected || isCancellation(error);
}

function bugIn(node: string, error: unknown): Fault {
  return { node, type: FailureType.Internal, message: `a bug in Pawl's interpreter: ${String(error)}`, hint: null };
}

/** The nodes that a node and those inside of it read. */
function readsOf(node: PlanNode): readonly string[] {
  const inner = innerNodesOf(node);
  const results = [node, ...inner].flatMap(blocksOf).map(({ result }) => result);
  return [...new Set([...[node, ...inner].flatMap(bindingsOf), ...results].flatMap(refsOf))];
}

function innerNodesOf(node: PlanNode): readonly PlanNode[] {
  return blocksOf(node).flatMap(nodesOf);
}
