import { durationMs } from '../../dsl/duration.js';
import { misuse } from '../../dsl/misuse.js';
import { type Quoted, quote, resolveBinding } from '../../plan/binding.js';
import { digestOf, digestOfJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { ApprovalNode, EscalationStage, PlanNode, WaitNode } from '../../plan/plan.js';
import { ENGINE_VERSION } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import { planNodesOf } from '../../plan/visit.js';
import { checkValue } from '../../worker/activities/check.js';
import { Ballot } from '../../workflows/ballot.js';
import type { Frame } from '../../workflows/frame.js';
import { unquoteInline } from '../../workflows/inline-value.js';
import type { Clock } from './clock.js';
import { rejected } from './endings.js';
import type { RunOptions, TestDecision } from './options.js';
import { planIdOf } from './plan-id.js';
import type { RunParts } from './run-parts.js';

/** Decides at an approval as the test says. Undefined when it waits for ever. @throws RunStopped when it expires so. */
export async function runApproval(node: ApprovalNode, frame: Frame, parts: RunParts): Promise<Quoted | undefined> {
  const id = frame.rename(node.id);
  parts.table.begin(id, node, 'waiting');
  const ballot = new Ballot(node);
  ballot.open(parts.clock.ms);
  const show = unquoteInline(resolveBinding(node.shows, frame));
  const waiting = new Waiting(node, ballot, parts.clock);
  for (const [index, decision] of decisionsAt(id, { ask: node.ask, show }, parts.options).entries()) {
    if (!waiting.until(timeOf(decision, node))) break;
    await cast(ballot, decision, index, { id, node, parts });
  }
  if (!ballot.decided) {
    if (node.expiresMs === null) return undefined;
    waiting.until(node.expiresMs);
  }
  const result = ballot.result(ENGINE_VERSION);
  parts.table.done(id, result);
  if (!ballot.decided && node.onExpiry === 'reject') throw rejected(result);
  return result;
}

/** The time that an approval has been waited for, with what happens meanwhile. */
class Waiting {
  private waited = 0;
  private stages: readonly EscalationStage[];

  constructor(
    private readonly node: ApprovalNode,
    private readonly ballot: Ballot,
    private readonly clock: Clock,
  ) {
    this.stages = node.escalate ?? [];
  }

  /** @returns false when it expires before. @param ms since the question was asked */
  until(ms: number): boolean {
    const end = Math.min(ms, this.node.expiresMs ?? ms);
    for (const stage of this.stages.filter(({ afterMs }) => afterMs <= end)) this.ballot.escalate(stage);
    this.stages = this.stages.filter(({ afterMs }) => afterMs > end);
    this.clock.wait(end - this.waited);
    this.waited = Math.max(this.waited, end);
    return this.node.expiresMs === null || ms < this.node.expiresMs;
  }
}

/** When somebody decides, in milliseconds after the question; somebody who may only later does it then. */
function timeOf({ after, role }: TestDecision, { roles, escalate = [] }: ApprovalNode): number {
  if (after !== undefined) return durationMs(after);
  if (role === undefined || roles.includes(role)) return 0;
  return escalate.find((stage) => stage.roles.includes(role))?.afterMs ?? 0;
}

/** Gives a `waitFor` the event that the test has for it. Undefined when it waits for ever. */
export async function runWait(node: WaitNode, frame: Frame, parts: RunParts): Promise<Quoted | undefined> {
  const id = frame.rename(node.id);
  parts.table.begin(id, node, 'waiting');
  const event = answerFor(id, parts.options.events);
  if (event === undefined && node.timeoutMs === null) return undefined;
  if (event === undefined) parts.clock.wait(node.timeoutMs!);
  const value = event === undefined ? null : await checked(node.id, event as Json, parts);
  parts.table.done(id, value);
  return value;
}

/**
 * The same options with the whole ids of the nodes: people know a node by the end of its id too.
 * @throws Misuse for answers to nodes that the pipeline does not have.
 */
export function withWholeIds<Options extends RunOptions>(options: Options, traced: RunParts['traced']): Options {
  const nodes = planNodesOf(traced);
  const whole = <T>(option: string, given: Readonly<Record<string, T>> | undefined, kinds?: PlanNode['kind']) => {
    const ids = nodes.flatMap((node) => (kinds === undefined || node.kind === kinds ? [node.id] : []));
    return given && Object.fromEntries(Object.entries(given).map(([name, each]) => [wholeId(option, name, ids), each]));
  };
  const { approvals, events, onHeld } = options;
  return {
    ...options,
    approvals: whole('approvals', approvals, 'approval'),
    events: whole('events', events, 'wait'),
    onHeld: whole('onHeld', onHeld),
  };
}

function wholeId(option: string, name: string, ids: readonly string[]): string {
  if (ids.includes(planIdOf(name))) return name;
  const ending = ids.filter((id) => id.endsWith(`/${name}`));
  if (ending.length === 1) return ending[0]!;
  const problem = ending.length === 0 ? 'is no such node of the pipeline' : `may be ${ending.join(' or ')}`;
  throw misuse(`"${name}" of the option "${option}" ${problem}`, suggestName(name, ids));
}

/** A value, checked by the schema of a node that it is sent to, or of a pipeline that it is passed to. */
export async function checked(node: string, value: Json, parts: RunParts): Promise<Quoted> {
  return checkBy(`node/${node}`, quote(value), parts);
}

export function checkBy(schema: string, value: Quoted, { traced, artifacts }: RunParts): Promise<Quoted> {
  const { schemas, steps, definitions } = traced;
  const code = { load: async () => ({ schemas, steps, definitions }) };
  return checkValue({ code: digestOf('test'), schema, value }, { code, store: { artifacts } });
}

function decisionsAt(
  id: string,
  asked: { ask: string; show: Json },
  { approvals }: RunOptions,
): readonly TestDecision[] {
  const given = answerFor(id, approvals) ?? 'nobody';
  const decisions = typeof given === 'function' ? given({ node: id, ...asked }) : given;
  if (decisions === 'nobody') return [];
  return Array.isArray(decisions) ? decisions : [decisions as TestDecision];
}

/** @throws Misuse for a decision that a real run would refuse. */
async function cast(
  ballot: Ballot,
  decision: TestDecision,
  index: number,
  { id, node, parts }: { id: string; node: ApprovalNode; parts: RunParts },
): Promise<void> {
  const { approved = true, by = index === 0 ? 'somebody' : `somebody-${index + 1}`, reason = '' } = decision;
  const role = decision.role ?? ballot.roles[0] ?? null;
  const objection = ballot.objection(by) ?? objectionTo(decision, approved, role, ballot);
  if (objection)
    throw misuse(`the decision of ${by} cannot count: "${id}" ${objection}`, 'Change the test’s approvals.');
  const fills = approved && node.form !== null;
  const value = fills ? await checked(node.id, (decision.value ?? null) as Json, parts) : null;
  const digest = digestOfJson((decision.value ?? null) as Json);
  ballot.cast({ approved, by, role, reason, at: parts.clock.now, proof: 'claimed' }, value, digest);
}

function objectionTo(
  { value }: TestDecision,
  approved: boolean,
  role: string | null,
  { roles, node }: Ballot,
): string | null {
  if (roles.length > 0 && !roles.includes(role ?? '')) return `lets only ${roles.join(', ')} decide`;
  const isGiven = value !== undefined && value !== null;
  if (isGiven && !approved) return 'is refused, and a refusal fills nothing in';
  return isGiven && node.form === null ? 'asks for nothing to be filled in' : null;
}

function answerFor<T>(id: string, answers: Readonly<Record<string, T>> = {}): T | undefined {
  return Object.hasOwn(answers, id) ? answers[id] : answers[planIdOf(id)];
}
