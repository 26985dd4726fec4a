import { refsOf } from '../../plan/binding.js';
import { checkPlan } from '../../plan/check.js';
import type { Plan } from '../../plan/plan.js';
import { bindingsOf, blocksOf, nodesOf, planNodesOf } from '../../plan/visit.js';
import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';

/** Finds what is wrong with the graph of a plan. */
export function checkGraph(
  plan: Plan,
  steps: readonly string[],
  placeOf: (node?: string) => Place,
): readonly Finding[] {
  const problems = checkPlan(plan, { steps }).map(
    ({ node, ...problem }): Finding => ({ ...problem, place: placeOf(node) }),
  );
  return [...problems, ...unusedNodes(plan).map((id) => unusedNode(id, placeOf(id)))];
}

/** Finds a schedule that no clock can follow. */
export function checkSchedule(plan: Plan, place: Place): readonly Finding[] {
  const { schedule } = plan;
  if (!schedule) return [];
  const findings: Finding[] = [];
  if (!isCron(schedule.cron))
    findings.push(scheduleFinding(`"${schedule.cron}" is not five cron fields`, CRON_HINT, place));
  if (!isTimeZone(schedule.timeZone)) {
    findings.push(
      scheduleFinding(`"${schedule.timeZone}" is not a time zone`, 'Write it as Europe/Berlin or UTC.', place),
    );
  }
  return findings;
}

const CRON_HINT =
  "Write minute, hour, day of month, month and day of week: '0 6 2 * *' is 6:00 on the 2nd of each month.";

/**
 * Steps whose output nobody reads. Control nodes are there for what they do, so they may stand alone; so may the steps
 * of `onExit`.
 */
function unusedNodes(plan: Plan): readonly string[] {
  const all = planNodesOf(plan);
  const blocks = [plan.block, ...all.flatMap(blocksOf)];
  const read = new Set([...all.flatMap(bindingsOf), ...blocks.map(({ result }) => result)].flatMap(refsOf));
  return nodesOf(plan.block)
    .filter((node) => node.kind === 'step' && !read.has(node.id))
    .map(({ id }) => id);
}

function unusedNode(id: string, place: Place): Finding {
  return {
    code: DiagnosticCode.UnusedNode,
    severity: 'warning',
    message: `nothing uses what "${id}" puts out`,
    hint: 'Return it, pass it to another step, or remove the call. A step that is there for its effect can be returned too.',
    place,
  };
}

function scheduleFinding(message: string, hint: string, place: Place): Finding {
  return { code: DiagnosticCode.InvalidSchedule, message, hint, place };
}

function isCron(cron: string): boolean {
  const fields = cron.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field) => /^[\dA-Za-z*?,/#-]+$/.test(field));
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}
