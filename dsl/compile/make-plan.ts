import { z } from 'zod';
import type { Digest } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import {
  type Block,
  PLAN_FORMAT,
  type Plan,
  type PlanNode,
  type SchedulePlan,
  type StepNode,
} from '../../plan/plan.js';
import { visitNode } from '../../plan/visit.js';
import type { Pipeline } from '../pipeline.js';

/** Puts a plan together from a traced pipeline. */
export function makePlan(pipeline: Pipeline, code: Digest, block: Block): Plan {
  return {
    pawl: PLAN_FORMAT,
    pipeline: pipeline.name,
    code,
    params: paramsJsonSchema(pipeline.params),
    schedule: schedulePlan(pipeline),
    holdMs: pipeline.holdMs,
    block,
  };
}

/** The same block with the fingerprint of each step node put in. */
export function withFingerprints(block: Block, fingerprint: (node: StepNode) => Digest): Block {
  const inBlock = (part: Block) => withFingerprints(part, fingerprint);
  const inNode = (node: PlanNode): PlanNode =>
    visitNode<PlanNode>(node, {
      step: (n) => ({ ...n, fingerprint: fingerprint(n) }),
      when: (n) => ({ ...n, then: inBlock(n.then), else: inBlock(n.else) }),
      map: (n) => ({ ...n, body: inBlock(n.body) }),
      reject: (n) => n,
    });
  return { nodes: block.nodes.map(inNode), result: block.result };
}

function paramsJsonSchema(params: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
  // Through text, because zod adds properties that are not JSON.
  return JSON.parse(JSON.stringify(schema)) as Json;
}

function schedulePlan({ schedule }: Pipeline): SchedulePlan | null {
  return schedule ? { cron: schedule.cron, timeZone: schedule.timeZone ?? 'UTC' } : null;
}
