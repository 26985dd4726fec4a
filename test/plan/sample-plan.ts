import { digestOf } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Plan, PlanNode } from '../../plan/plan.js';

export function planOf(nodes: readonly PlanNode[], result: Json = null): Plan {
  return {
    pawl: 1,
    pipeline: 'p',
    code: digestOf('code'),
    params: {},
    schedule: null,
    holdMs: 1000,
    block: { nodes, result },
  };
}

export function stepNode(id: string, input: Json = null): PlanNode {
  const retry = { attempts: 3, backoffMs: 1000, factor: 2 };
  const options = { light: false, queue: 'default', timeoutMs: 1000, heartbeatMs: 1000, retry };
  return { kind: 'step', id, step: 'load', fingerprint: digestOf('load'), input, options };
}
