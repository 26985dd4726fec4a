import type { Digest } from '../../plan/canonical.js';
import {
  type Block,
  PLAN_FORMAT,
  type Plan,
  type PlanNode,
  type SchedulePlan,
  type StepNode,
} from '../../plan/plan.js';
import { withBlocks } from '../../plan/visit.js';
import { jsonSchemaOf } from '../json-schema.js';
import type { PipelineParts } from '../pipeline.js';
import type { Trace } from '../trace.js';
import { defaultHold } from './hold-time.js';

/** Puts a plan together from a traced pipeline. */
export function makePlan(
  pipeline: PipelineParts,
  code: Digest,
  { block, onExit }: Pick<Trace, 'block' | 'onExit'>,
): Plan {
  return {
    pawl: PLAN_FORMAT,
    pipeline: pipeline.name,
    code,
    params: jsonSchemaOf(pipeline.params),
    schedule: schedulePlan(pipeline),
    holdMs: pipeline.holdMs ?? defaultHold(pipeline.schedule?.cron),
    block,
    ...(onExit ? { onExit } : {}),
  };
}

/** The same block with the fingerprint of each step node put in. */
export function withFingerprints(block: Block, fingerprint: (node: StepNode) => Digest): Block {
  const inBlock = (part: Block): Block => withFingerprints(part, fingerprint);
  const inNode = (node: PlanNode): PlanNode =>
    node.kind === 'step' ? { ...node, fingerprint: fingerprint(node) } : withBlocks(node, inBlock);
  return { nodes: block.nodes.map(inNode), result: block.result };
}

function schedulePlan({ schedule }: PipelineParts): SchedulePlan | null {
  return schedule ? { cron: schedule.cron, timeZone: schedule.timeZone ?? 'UTC' } : null;
}
