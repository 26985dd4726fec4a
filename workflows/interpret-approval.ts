import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { ApprovalNode, EscalationStage } from '../plan/plan.js';
import type { WaitsForApproval } from '../plan/protocol.js';
import { announceAsks } from './announce.js';
import type { Ballot } from './ballot.js';
import { sendAlert } from './calls.js';
import { isGrantRequired } from './decision-proof.js';
import { RunRejected } from './ending.js';
import type { Frame } from './frame.js';
import { unquoteInline } from './inline-value.js';
import { recordBallot } from './record-decisions.js';
import type { Run } from './run.js';
import { keepAnswer, takenAnswer } from './taken-answer.js';
import { waitForPeople } from './wait-for-people.js';

/** Waits until enough people have approved, one has refused, or the time is over. */
export async function interpretApproval(node: ApprovalNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const ballot = run.state.inbox.ballot(id, node);
  const { ask, form, roles, quorum } = node;
  const shown = resolveBinding(node.shows, frame);
  const asked = { id, planId: node.id, about: { ask, form, roles, quorum, shown } };
  const taken = takenAnswer(asked, run);
  if (taken) {
    ballot.close('was decided in the run that this one takes over from');
    return taken.value;
  }
  const shows = showable(unquoteInline(shown));
  ballot.open(Date.now());
  await waitForPeople({
    id,
    run,
    timeoutMs: node.expiresMs,
    stages: node.escalate?.map((stage) => ({ afterMs: stage.afterMs, reach: () => escalate(stage, id, ballot, run) })),
    describe: (until) => waitsFor(ballot, shows, until, isGrantRequired(node, run.pinned)),
    isOver: () => ballot.decided,
    close: (why) => ballot.close(why),
    settle: () => recordBallot(id, ballot, run),
  });
  const result = ballot.result(run.pinned.engine);
  if (!ballot.decided && node.onExpiry === 'reject') throw new RunRejected(result);
  if (ballot.decided) keepAnswer(asked, result, run);
  return result;
}

function escalate(stage: EscalationStage, id: string, ballot: Ballot, { state }: Run): void {
  ballot.escalate(stage);
  announceAsks(state);
  const { ask } = ballot.node;
  const text = `nobody has decided at "${id}" yet, so ${ballot.roles.join(', ')} may now: ${ask}`;
  sendAlert({ kind: 'escalated', node: id, text, roles: stage.roles });
}

function waitsFor(ballot: Ballot, shows: string, until: string | null, signed: boolean): WaitsForApproval {
  const { ask, form, quorum } = ballot.node;
  const escalations = ballot.escalations();
  return {
    kind: 'approval',
    ask,
    shows,
    form,
    roles: ballot.roles,
    ...(escalations.length > 0 && { escalations }),
    ...(signed && { grant: 'required' as const }),
    quorum,
    decisions: [...ballot.decisions],
    until,
  };
}

/** Tables of nodes carry it. In characters. */
const MAX_SHOWN = 1000;

function showable(value: unknown): string {
  if (value === null) return '';
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
