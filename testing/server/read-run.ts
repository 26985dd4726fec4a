import type { WorkflowHandle } from '@temporalio/client';
import type { Plan, PlanNode } from '../../plan/plan.js';
import type { NodeStatus } from '../../plan/protocol.js';
import { planNodesOf } from '../../plan/visit.js';
import { planIdOf } from '../run/plan-id.js';
import type { RunEnding, TestNode } from '../run/result.js';

/** Waits for the end of a run and reads how it ended. */
export async function readRun<Value>(handle: WorkflowHandle, plan: Plan): Promise<RunEnding<Value>> {
  const [{ endOf }, { RunMessage }] = await Promise.all([
    import('../../client/follow-run.js'),
    import('../../plan/protocol.js'),
  ]);
  const { outcome, value, faults } = await endOf(handle);
  const table = await handle.query<readonly NodeStatus[]>(RunMessage.nodes);
  const byId = new Map(planNodesOf(plan).map((node) => [node.id, node]));
  const nodes = table.flatMap((status) => nodeOf(status, byId.get(planIdOf(status.node))));
  const kept = outcome === 'succeeded' || outcome === 'rejected' ? value : null;
  // The value of a run that succeeded is the result that the pipeline's type says.
  return { outcome, value: kept, faults, nodes } as RunEnding<Value>;
}

/** What is no node of the plan is left out, as the exit as a whole. */
function nodeOf({ node: id, state, fault, reused }: NodeStatus, node: PlanNode | undefined): readonly TestNode[] {
  if (!node) return [];
  const step = node.kind === 'step' ? { step: node.step } : {};
  return [{ node: id, kind: node.kind, state, fault, ...step, ...(reused && { reused: reused.run }) }];
}
