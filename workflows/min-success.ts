import { FailureType } from '../plan/failure.js';
import type { MapNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import type { Run } from './run.js';

/**
 * How many of a map's items may fail.
 * @throws what ends the run, or the part of it, when there are fewer items than must succeed.
 */
export function allowedFailures(node: MapNode, id: string, count: number, run: Run): number {
  const required = requiredOf(node, count);
  if (required > count) throw run.faults.refuse(tooFew(id, count, required));
  return count - required;
}

/** Shares are decimals, whose product may be a little more than the whole number it stands for. */
function requiredOf({ minSuccess }: MapNode, count: number): number {
  if (!minSuccess) return count;
  return 'items' in minSuccess ? minSuccess.items : Math.ceil(minSuccess.share * count - 1e-9);
}

function tooFew(node: string, count: number, required: number): Fault {
  const message = `map "${node}" has ${count} items, of which ${required} must succeed`;
  const hint = 'Lower minSuccess, give a share as "90%", or check the list it runs over.';
  return { node, type: FailureType.InvalidValue, message, hint };
}
