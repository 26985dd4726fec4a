import { sleep } from '@temporalio/workflow';
import type { Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { SleepNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { valueToDecide } from './decide.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { summaryOf } from './summary.js';
import { keepAnswer, takenAnswer } from './taken-answer.js';

/** With seconds or without; what follows is the zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;
const LONGEST_MS = 100 * 365 * 86_400_000;

/** A timer of Temporal's: it costs nothing while it runs and survives everything. */
export async function interpretSleep(node: SleepNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const until = await valueToDecide(node.until, id, frame, run);
  const asked = { id, planId: node.id, about: { until } };
  const taken = takenAnswer(asked, run);
  if (taken) return taken.value;
  const ms = timeLeft(until);
  if (ms === null || ms > LONGEST_MS) throw run.faults.refuse(noTime(id, until, ms));
  const end = new Date(Date.now() + ms).toISOString();
  run.state.waiting(id, () => ({ kind: 'time', until: end }));
  if (ms > 0) await toItsEnd(id, run, () => sleep(ms, { summary: summaryOf(`${id}: until ${end}`) }));
  run.state.finished(id);
  keepAnswer(asked, null, run);
  return null;
}

async function toItsEnd(id: string, run: Run, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (error) {
    run.state.cancelled(id);
    throw error;
  }
}

/** Milliseconds from now; `null` for what is no time. */
function timeLeft(until: Quoted): number | null {
  if (typeof until === 'number') return until;
  if (typeof until !== 'string' || !TIME.test(until)) return null;
  const at = Date.parse(until);
  return Number.isNaN(at) ? null : at - Date.now();
}

function noTime(node: string, until: Quoted, ms: number | null): Fault {
  const shown = JSON.stringify(until).slice(0, 100);
  const problem =
    ms === null ? 'is neither milliseconds nor a time with its zone' : 'is more than a hundred years away';
  return {
    node,
    type: FailureType.InvalidValue,
    message: `sleep "${node}" is given ${shown}, which ${problem}`,
    hint: 'Give an ISO 8601 time that ends with Z or an offset: "2027-01-31T06:00:00Z" or "2027-01-31T06:00:00+01:00".',
  };
}
