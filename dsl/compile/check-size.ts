import { canonicalJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Plan } from '../../plan/plan.js';
import { bindingsOf, planNodesOf } from '../../plan/visit.js';
import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';

/** Most bytes of JSON that one node may be given as literals. */
const MOST_NODE_BYTES = 256 * 1024;
/** Most bytes of a plan's JSON: Temporal refuses messages over 2 MB, and a plan travels with more around it. */
const MOST_PLAN_BYTES = 1024 * 1024;

/** Finds what is sure to be too large for a run's history. */
export function checkSize(plan: Plan, placeOf: (node?: string) => Place): readonly Finding[] {
  const nodes = planNodesOf(plan).flatMap((node) => {
    const bytes = bindingsOf(node)
      .map(bytesOf)
      .reduce((sum, part) => sum + part, 0);
    return bytes > MOST_NODE_BYTES
      ? [tooLarge(`the input of "${node.id}"`, bytes, MOST_NODE_BYTES, placeOf(node.id))]
      : [];
  });
  if (nodes.length > 0) return nodes;
  const bytes = bytesOf(plan as unknown as Json);
  return bytes > MOST_PLAN_BYTES ? [tooLarge('the plan', bytes, MOST_PLAN_BYTES, placeOf())] : [];
}

function bytesOf(json: Json): number {
  return Buffer.byteLength(canonicalJson(json));
}

function tooLarge(what: string, bytes: number, most: number, place: Place): Finding {
  return {
    code: DiagnosticCode.ValueTooLarge,
    message: `${what} is ${kilobytes(bytes)} of JSON; at most ${kilobytes(most)} can travel in a plan`,
    hint: 'Keep large values in a file or an artifact, and let a step read them.',
    place,
  };
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}
