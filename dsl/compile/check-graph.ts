import { refsOf } from '../../plan/binding.js';
import { checkPlan } from '../../plan/check.js';
import type { Plan, PlanNode } from '../../plan/plan.js';
import { bindingsOf, blocksOf, nodesOf, planNodesOf } from '../../plan/visit.js';
import { cronProblem } from './cron.js';
import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';
import { defaultHold, inWords, shortestInterval } from './hold-time.js';

/** Finds what is wrong with the graph of a plan. */
export function checkGraph(
  plan: Plan,
  { steps, kept }: { readonly steps: readonly string[]; readonly kept: ReadonlySet<string> },
  placeOf: (node?: string) => Place,
): readonly Finding[] {
  const problems = checkPlan(plan, { steps }).map(
    ({ node, ...problem }): Finding => ({ ...problem, place: placeOf(node) }),
  );
  const unused = unusedNodes(plan).filter(({ id }) => !kept.has(id));
  return [...problems, ...unused.map((node) => unusedNode(node, placeOf(node.id)))];
}

/** Finds a schedule that no clock can follow. */
export function checkSchedule(plan: Plan, place: Place): readonly Finding[] {
  const { schedule } = plan;
  if (!schedule) return [];
  const findings: Finding[] = [];
  const problem = cronProblem(schedule.cron);
  if (problem !== null) findings.push(scheduleFinding(problem, CRON_HINT, place));
  if (!isTimeZone(schedule.timeZone)) {
    findings.push(
      scheduleFinding(`"${schedule.timeZone}" is not a time zone`, 'Write it as Europe/Berlin or UTC.', place),
    );
  }
  return problem === null ? [...findings, ...checkHold(plan, place)] : findings;
}

/** Finds a hold that outlasts the time to the next firing. */
function checkHold({ schedule, holdMs }: Plan, place: Place): readonly Finding[] {
  const shortest = schedule && shortestInterval(schedule.cron);
  if (!shortest || holdMs < shortest) return [];
  const message = `a run may be held for ${inWords(holdMs)}, and its schedule fires every ${inWords(shortest)}`;
  const hint = `Give a shorter \`hold\`, or none: the default is ${inWords(defaultHold(schedule.cron))} here.`;
  return [{ code: DiagnosticCode.LongHold, severity: 'warning', message, hint, place }];
}

const CRON_HINT =
  "Write minute, hour, day of month, month and day of week: '0 6 2 * *' is 6:00 on the 2nd of each month.";

/** What a node of each kind should be read or waited for by; kinds that are there for what is in them are not listed. */
const UNUSED_HINTS: Readonly<Partial<Record<PlanNode['kind'], string>>> = {
  step: 'Return it, pass it to another step, or remove the call. A step that is there for its effect can be returned too.',
  approval: 'Decide by it: when(approval.approved, …). A refusal ends nothing by itself.',
  wait: 'Read the event, or let what must wait for it come after it: { after: … }.',
  sleep: 'Let what must wait come after it: { after: … }.',
};

/** Nodes that nobody reads or comes after, though they are there for nothing else. The nodes of `onExit` may be. */
function unusedNodes(plan: Plan): readonly PlanNode[] {
  const read = readNodes(plan);
  return nodesOf(plan.block).filter(({ kind, id }) => kind in UNUSED_HINTS && !read.has(id));
}

function unusedNode({ id, kind }: PlanNode, place: Place): Finding {
  return {
    code: DiagnosticCode.UnusedNode,
    severity: 'warning',
    message: kind === 'step' ? `nothing uses what "${id}" puts out` : `nothing reads "${id}" or comes after it`,
    hint: UNUSED_HINTS[kind] ?? '',
    place,
  };
}

/** The nodes that another one or a result reads, or that another one comes after. */
function readNodes(plan: Plan): ReadonlySet<string> {
  const all = planNodesOf(plan);
  const blocks = [plan.block, ...all.flatMap(blocksOf)];
  return new Set([...all.flatMap(bindingsOf), ...blocks.map(({ result }) => result)].flatMap(refsOf));
}

function scheduleFinding(message: string, hint: string, place: Place): Finding {
  return { code: DiagnosticCode.InvalidSchedule, message, hint, place };
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}
