import type { NodeStatus } from '../../plan/protocol.js';
import type { RunRecord } from '../../store/index.js';
import { allDecisions } from '../decision-lines.js';
import { findRun } from '../find-run.js';
import { tableOf } from '../node-rows.js';
import type { Operator } from './operators.js';
import type { OperateParts } from './parts.js';
import { pathOfRun } from './run-target.js';

/** A run in a list. */
export function runLine({ workflowId, runId, ...run }: RunRecord) {
  const { pipeline, phase, outcome, asks, nominalTime, startedAt, closedAt } = run;
  return {
    run: workflowId,
    runId,
    pipeline,
    phase,
    outcome,
    // A worker of an earlier version leaves them when it closes a run.
    asks: phase === 'closed' ? [] : (asks ?? []),
    nominalTime,
    startedAt,
    closedAt,
    href: pathOfRun(workflowId),
  };
}

/** A run with its nodes, what it waits for and who decided in it. */
export async function viewRun(id: string, operator: Operator | null, { session }: OperateParts) {
  const run = await findRun(id, session);
  const store = await session.store();
  const nodes = await tableOf(run, session);
  const open = run.phase === 'closed' ? [] : (nodes ?? []);
  const decisions = allDecisions(await store.decisions.ofRun(run.runId), open);
  return {
    ...runLine(run),
    plan: run.planHash,
    params: run.params,
    result: run.result,
    faults: run.error ?? [],
    /** Null: no worker has answered. */
    nodes,
    waiting: open.flatMap((node) => waitView(run.workflowId, node, operator)),
    decisions,
  };
}

function waitView(run: string, { node, waitsFor }: NodeStatus, operator: Operator | null) {
  if (waitsFor?.kind !== 'event' && waitsFor?.kind !== 'approval') return [];
  const verb = waitsFor.kind === 'event' ? 'send' : 'approve';
  const roles = waitsFor.kind === 'event' ? [] : waitsFor.roles;
  const may =
    operator === null || (mayAct(operator, verb) && (roles.length === 0 || shared(roles, operator).length > 0));
  return [{ node, ...waitsFor, answer: `${pathOfRun(run)}/${verb}`, mayAnswer: may }];
}

function mayAct({ may }: Operator, verb: 'send' | 'approve'): boolean {
  return may === undefined || may.includes(verb);
}

/** The roles that an operator has of those that are asked for. */
export function shared(roles: readonly string[], operator: Operator): readonly string[] {
  return roles.filter((role) => operator.roles.includes(role));
}
