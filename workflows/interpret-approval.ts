import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { ApprovalNode } from '../plan/plan.js';
import type { WaitsForApproval } from '../plan/protocol.js';
import type { Ballot } from './ballot.js';
import { RunRejected } from './ending.js';
import type { Frame } from './frame.js';
import { unquoteInline } from './inline-value.js';
import type { Run } from './run.js';
import { waitForPeople } from './wait-for-people.js';

/** Waits until enough people have approved, one has refused, or the time is over. */
export async function interpretApproval(node: ApprovalNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const ballot = run.state.inbox.ballot(id, node);
  const shows = showable(unquoteInline(resolveBinding(node.shows, frame)));
  await waitForPeople({
    id,
    run,
    timeoutMs: node.expiresMs,
    describe: (until) => waitsFor(node, ballot, shows, until),
    isOver: () => ballot.decided,
    close: (why) => ballot.close(why),
  });
  const result = ballot.result();
  if (!ballot.decided && node.onExpiry === 'reject') throw new RunRejected(result);
  return result;
}

function waitsFor(node: ApprovalNode, ballot: Ballot, shows: string, until: string | null): WaitsForApproval {
  const { ask, form, roles, quorum } = node;
  return { kind: 'approval', ask, shows, form, roles, quorum, decisions: [...ballot.decisions], until };
}

/** Tables of nodes carry it. In characters. */
const MAX_SHOWN = 1000;

function showable(value: unknown): string {
  if (value === null) return '';
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
