import type { ApprovalDecision, DecisionRecord, NodeStatus } from '../plan/protocol.js';

/** A decision and the approval it was made at. */
export interface NodeDecision extends ApprovalDecision {
  readonly node: string;
}

/** Who decided in a run: what was recorded, and what the nodes that wait still have. */
export function allDecisions(
  recorded: readonly DecisionRecord[],
  waiting: readonly NodeStatus[],
): readonly NodeDecision[] {
  const atNodes = new Set(recorded.map(({ node }) => node));
  const open = waiting.flatMap(({ node, waitsFor }) => {
    if (waitsFor?.kind !== 'approval' || atNodes.has(node)) return [];
    return waitsFor.decisions.map((each) => ({ ...each, node }));
  });
  return [...recorded, ...open];
}

/** A decision in words. */
export function decisionLine({ node, approved, by, role, reason, at, proof, key }: NodeDecision): string {
  const how = proof === 'signed' ? `signed with key ${key}` : 'claimed';
  const who = `${by}${role === null ? '' : ` as ${role}`} (${how})`;
  return `${node}: ${approved ? 'approved' : 'refused'} by ${who} at ${at.slice(0, 19)}Z${reason ? `: ${reason}` : ''}`;
}
