import { workflowInfo } from '@temporalio/workflow';
import type { CacheMode } from '../plan/plan.js';
import { REUSE_MEMO } from '../plan/protocol.js';

/** How a step uses earlier outputs in this run: as its node says, unless the run was started with something else. */
export function cacheModeOf(own: CacheMode | undefined): CacheMode | undefined {
  if (own === undefined || own === 'off') return undefined;
  const asked = workflowInfo().memo?.[REUSE_MEMO];
  if (asked === 'off') return undefined;
  return asked === 'refresh' ? 'refresh' : own;
}
