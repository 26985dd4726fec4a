import { type Digest, digestOf } from '../../plan/canonical.js';
import type { Plan } from '../../plan/plan.js';
import type { ClaimOptions } from '../../store/journal-entry.js';

/** A small valid plan. `mark` makes plans that differ. */
export function samplePlan(pipeline = 'flight-delays', mark = ''): Plan {
  const node = { kind: 'step', id: 'load', step: 'load', fingerprint: digestOf('load'), input: { mark } } as const;
  const retry = { attempts: 3, backoffMs: 1000, factor: 2 };
  const options = { light: false, queue: 'default', timeoutMs: 1000, heartbeatMs: 1000, retry };
  const block = { nodes: [{ ...node, options }], result: { $ref: 'load', path: [] } };
  return { pawl: 1, pipeline, code: digestOf('code'), params: {}, schedule: null, holdMs: 0, block };
}

/** What a worker says when it claims a node. */
export function sampleClaim(changes: Partial<ClaimOptions> = {}): ClaimOptions {
  return {
    runId: 'run-1',
    node: 'load',
    generation: 0,
    workflowId: 'flight-delays-1',
    pipeline: 'flight-delays',
    step: 'load',
    planHash: digestOf('plan') as Digest,
    fingerprint: digestOf('load'),
    nominalTime: '2001-03-02T06:00:00.000Z',
    input: { month: '2001-01' },
    attempt: 1,
    worker: 'worker-1',
    ...changes,
  };
}
