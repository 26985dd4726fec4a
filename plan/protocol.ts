/**
 * What the interpreter and the workers say to each other. Every message is recorded in a run's history, so a change of
 * these shapes needs a new engine version.
 */
import type { Binding, Quoted } from './binding.js';
import type { Digest } from './canonical.js';
import type { GrantedDecision } from './grant.js';
import type { Json } from './json.js';
import type { CacheMode, Plan, RetryPlan, StepNodeOptions } from './plan.js';

/** Version of the interpreter's sequence of commands. Recorded by `begin`; older runs keep their own. */
export const ENGINE_VERSION = 3;

/** Temporal activity types of Pawl's own; every other activity type is the name of a step. */
export const ActivityName = {
  begin: 'pawl.begin',
  recordRun: 'pawl.record-run',
  /** Brings a value that is not in the history back, for a node that decides by it. */
  read: 'pawl.read',
  /** Looks whether such a value is `null`, without bringing it back. */
  isNull: 'pawl.is-null',
  /** Checks a value by a schema of the code bundle. */
  check: 'pawl.check',
  /** Tells people something, where their environment says how. */
  alert: 'pawl.alert',
  /** Runs several light steps at once. */
  lightSteps: 'pawl.light-steps',
  /** Finds the code that held steps have in the pipeline's current plan. */
  currentCode: 'pawl.current-code',
  /** Gives a run that Temporal has reset its place in Postgres. */
  followReset: 'pawl.follow-reset',
  /** Commits what an operator gives in place of a step's output. */
  give: 'pawl.give',
  /** Reads and checks the list of a map, and cuts a long one into chunks. */
  chunkItems: 'pawl.chunk-items',
  /** Gives a chunk its items and the plan. */
  beginChunk: 'pawl.begin-chunk',
  /** Puts a value of the history into an artifact. */
  keep: 'pawl.keep',
  /** Makes one list of what chunks came to. */
  joinChunks: 'pawl.join-chunks',
  /** Looks whether a signed grant proves a decision. */
  verifyGrant: 'pawl.verify-grant',
  /** Keeps who decided, for when the history is gone. */
  recordDecisions: 'pawl.record-decisions',
} as const;

/** Custom search attributes of a run; all are Keywords. */
export const SearchAttribute = {
  pipeline: 'PawlPipeline',
  phase: 'PawlPhase',
  outcome: 'PawlOutcome',
  plan: 'PawlPlan',
  model: 'PawlModel',
  /** Not set for `dev`. */
  environment: 'PawlEnvironment',
} as const;

/** Names of the Updates and the Query a run answers. */
export const RunMessage = {
  /** Tries held nodes again. */
  retry: 'retry',
  /** Gives a held step its output, so that it need not run. */
  skip: 'skip',
  /** Ends the run as aborted. */
  abort: 'abort',
  nodes: 'nodes',
  /** Decides for or against at an `approval`. */
  approve: 'approve',
  /** Sends a `waitFor` its event. */
  send: 'send',
} as const;

/** The task queue of runs and ordinary steps in `dev`; a step's own queue is `pawl-NAME`. */
export const TASK_QUEUE = 'pawl';

/** Temporal task queue of a step's queue. `base` is the environment's own queue. */
export function taskQueueOf(base: string, queue: string): string {
  return queue === 'default' ? base : `${base}-${queue}`;
}

/** The step's queue of which a Temporal task queue is; the other way of {@link taskQueueOf}. */
export function queueOf(base: string, taskQueue: string): string {
  return taskQueue.startsWith(`${base}-`) ? taskQueue.slice(base.length + 1) : 'default';
}

export interface BeginInput {
  readonly pipeline: string;
  /** Null when the run was started without params: the schedule's, or the defaults, apply. */
  readonly params: Json;
  /** ISO 8601, UTC: the schedule's firing time, else the run's start. */
  readonly nominalTime: string;
  readonly scheduled: boolean;
  /** True where Temporal has reset the run to its beginning: another one of its id has begun before. Absent: false. */
  readonly again?: true;
  /** Absent: it begins with nothing. */
  readonly from?: FromRun;
  /** The node that it ends with. Absent: the whole pipeline. */
  readonly until?: string;
}

/** A run whose outputs another one takes over. */
export interface FromRun {
  /** Workflow id, or Temporal's run id. */
  readonly run: string;
  /** The node that runs anew, with all that depends on it. Absent: what was not done. */
  readonly node?: string;
}

/** What a run takes over, found out when it began. */
export interface TakenRun {
  /** Workflow id. */
  readonly run: string;
  readonly runId: string;
  /** Absent: what was not done runs. */
  readonly node?: string;
  /** Ids in the plan of the nodes that run in any case. */
  readonly anew: readonly string[];
  /** What nodes that waited were answered, by their ids in the run. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/** What people or time gave a node. */
export interface Answer {
  /** Digest of the question. */
  readonly about: Digest;
  readonly value: Quoted;
}

/** Pins the run: its history needs nothing else to be replayed. */
export interface BeginResult {
  readonly engine: number;
  readonly plan: Plan;
  readonly planHash: Digest;
  readonly params: Quoted;
  readonly nominalTime: string;
  /** The pipeline's documentation, for whoever looks at the run. */
  readonly doc?: string;
  /** Absent: `dev`. */
  readonly environment?: string;
  /** What nodes are called beside their ids, by id. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A map over more items than this runs them in workflows of their own. Absent: every map runs in the run's. */
  readonly chunkItems?: number;
  /** Decisions count only with a signed grant, at every approval. Absent: where the approval says so. */
  readonly grants?: 'required';
  /** Absent: it takes nothing over. */
  readonly from?: TakenRun;
  /** The plan is that part of the published one that this node needs. Absent: all of it. */
  readonly until?: { readonly node: string; readonly skipped: readonly string[] };
}

/** A run, as the journal and its steps know it. */
export interface RunKey {
  /** Workflow id. */
  readonly id: string;
  /** Temporal's run id. */
  readonly runId: string;
}

/** Asks for a value to be checked by a schema of the code bundle; answered with the value, defaults filled in. */
export interface CheckInput {
  readonly code: Digest;
  /** Name in the trace's schemas, as `pipeline/evaluate-all` or `node/approve`, or `step/train/output`. */
  readonly schema: string;
  readonly value: Quoted;
}

/** What a worker needs to call a step's function; all that a light step is sent. */
export interface StepCall {
  readonly pipeline: string;
  readonly code: Digest;
  readonly node: string;
  readonly step: string;
  readonly input: Quoted;
  readonly nominalTime: string;
  /** The run it belongs to, where it is another workflow that asks for it. Absent: that workflow. */
  readonly run?: RunKey;
}

/** Light steps that are called together, so that they cost a run no more than one. */
export interface LightBatch {
  readonly pipeline: string;
  readonly code: Digest;
  readonly nominalTime: string;
  /** As a {@link StepCall}'s. */
  readonly run?: RunKey;
  /** Independent of each other. */
  readonly chains: readonly LightChain[];
}

/** In the order in which they run: each may read the outputs of those before it. */
export type LightChain = readonly LightCall[];

export interface LightCall {
  /** Id in the run. */
  readonly node: string;
  /** Id in the plan, by which later calls of the chain refer to its output. */
  readonly name: string;
  readonly step: string;
  readonly input: Binding;
}

/**
 * What became of a light step in a batch. `unreached`: there was no time or room for it. `queue`: it has to go through
 * the queue, because it failed, rejected, or took too long.
 */
export type LightOutcome = Omit<StepResult, 'reused'> | 'unreached' | 'queue';

/** In the order of the batch's chains and their calls. */
export interface LightBatchResult {
  readonly chains: readonly (readonly LightOutcome[])[];
  /** Milliseconds that all of it took. */
  readonly ms: number;
}

/** One attempt series of one node, with what its journal entry says. */
export interface StepTask extends StepCall {
  readonly planHash: Digest;
  /** Grows with each operator's retry. From 0. */
  readonly generation: number;
  readonly fingerprint: Digest;
  readonly retry: RetryPlan;
  /** Attempts of this generation that were cut off by their time limit. Absent: none. */
  readonly cutOff?: number;
  /** The run whose output of this node is taken, if it is the same work. `anew`: the node after which nothing is. */
  readonly from?: { readonly run: string; readonly runId: string; readonly anew?: string };
  /** Absent: `off`. */
  readonly cache?: CacheMode;
  /** The definitions whose code the fingerprint covers; there only with `cache`. Others came as values of the run. */
  readonly covers?: readonly string[];
  /** Where it may not begin yet, it says so with a {@link StepWait} instead of waiting in the worker. */
  readonly mayWait?: true;
  /** Most attempts of the step at a time, wherever. Absent: no limit. */
  readonly limit?: number;
  /** Devices the attempt needs. Absent: none. */
  readonly gpu?: number;
  /** How long the node has waited for its turn already, in milliseconds. Absent: it has not. */
  readonly waitedMs?: number;
}

/** What a step's activity answers when it may not begin yet. Only to a task that says `mayWait`. */
export interface StepWait {
  readonly wait: {
    /** After so many milliseconds it is worth another try. */
    readonly ms: number;
    readonly why: WaitsForTurn;
  };
}

export interface StepResult {
  readonly output: Quoted;
  /** Milliseconds the function ran. */
  readonly ms: number;
  /** The earlier execution whose output this is. Absent: the function ran. */
  readonly reused?: Reused;
}

/** An execution whose output another node took over. */
export interface Reused {
  /** Workflow id. */
  readonly run: string;
  readonly node: string;
}

/**
 * The code that a node runs instead of the run's own, from an operator's retry on. Its plan is in the journal's row of
 * each generation that ran with it, so what looks for the plans and bundles that a run uses must look there beside the
 * run's own plan; between the operator's decision and the row, the plan is in the run's history alone.
 */
export interface NodeCode {
  readonly planHash: Digest;
  readonly code: Digest;
  readonly fingerprint: Digest;
  readonly options: StepNodeOptions;
}

/** Asks for the current code of steps of a run. */
export interface CurrentCodeInput {
  readonly pipeline: string;
  readonly steps: readonly PlacedStep[];
}

/** A step as the run's own plan has it: what the current plan must agree with. */
export interface PlacedStep {
  /** In the plan, without keys of items. */
  readonly id: string;
  readonly step: string;
  readonly input: Binding;
  /** Ids of the nodes it is inside of, the outermost first. */
  readonly around: readonly string[];
}

/** In the order in which the steps were asked for. */
export interface CurrentCode {
  readonly steps: readonly NodeCode[];
}

/** A value that stands for a step's output, checked by the step's own schema before it counts. */
export interface GiveInput {
  /** The step as its last attempt was sent to a worker. */
  readonly task: StepTask;
  readonly value: Quoted;
  readonly given: Given;
}

/** Who gave a node its output, and why. */
export interface Given {
  /** Who says so; Temporal does not prove it. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Key of a run's memo that says how all its steps use earlier outputs: `off`, or `refresh` for those that reuse. */
export const REUSE_MEMO = 'reuse';
/** Keys of a run's memo: a {@link FromRun}, and the node it ends with. */
export const FROM_MEMO = 'from';
export const UNTIL_MEMO = 'until';

export const OUTCOMES = ['succeeded', 'rejected', 'failed', 'aborted', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Phase = 'running' | 'held' | 'closed';

/** `waiting`: for a time, an event, a decision, or its turn. */
export type NodeState = 'running' | 'waiting' | 'done' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** A line of a run's table of nodes. */
export interface NodeStatus {
  readonly node: string;
  readonly state: NodeState;
  /** Milliseconds from start to end; null while it runs. */
  readonly ms: number | null;
  /** What went wrong, for a held or failed node. */
  readonly fault: Fault | null;
  /** Where the output came from, for a node that did not run. */
  readonly reused?: Reused;
  /** Who gave the output, for a node that was skipped by an operator. */
  readonly given?: Given;
  /** The plan whose code it runs since an operator's retry. Absent: the run's. */
  readonly plan?: Digest;
  /** Of a node that waits. */
  readonly waitsFor?: WaitsFor;
  /** Of a map whose items run in workflows of their own: its items are in the table only where they need somebody. */
  readonly progress?: MapProgress;
}

/** How far a map has got, in items. */
export interface MapProgress {
  readonly done: number;
  readonly of: number;
  /** Items that failed and were borne. Absent: none. */
  readonly failed?: number;
}

/** What a node waits for, for those who look at the run or can end the waiting. */
export type WaitsFor = WaitsForApproval | WaitsForEvent | WaitsForTime | WaitsForTurn;

export interface WaitsForApproval {
  readonly kind: 'approval';
  /** The question. */
  readonly ask: string;
  /** What it is about, as JSON text, cut where it is long; empty: nothing is shown. */
  readonly shows: string;
  /** JSON Schema of what an approver fills in; `null`: nothing. */
  readonly form: Json;
  /** Who may decide now; empty: anyone. */
  readonly roles: readonly string[];
  /** When others may decide, past and to come. Absent: never. */
  readonly escalations?: readonly Escalation[];
  /** Only decisions with a signed grant count. Absent: any. */
  readonly grant?: 'required';
  /** How many must approve. */
  readonly quorum: number;
  readonly decisions: readonly ApprovalDecision[];
  /** ISO 8601, UTC; `null`: for ever. */
  readonly until: string | null;
}

/** From a time on others may decide, as well or instead. */
export interface Escalation {
  readonly roles: readonly string[];
  readonly instead?: true;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** False while it is to come. */
  readonly reached: boolean;
}

export interface WaitsForEvent {
  readonly kind: 'event';
  /** JSON Schema of the event. */
  readonly schema: Json;
  /** ISO 8601, UTC; `null`: for ever. */
  readonly until: string | null;
}

export interface WaitsForTime {
  readonly kind: 'time';
  /** ISO 8601, UTC. */
  readonly until: string;
}

/** What keeps a step from beginning; nobody has to do anything about it. */
export type WaitsForTurn = WaitsForWork | WaitsForSlot;

/** Another node does the same work just now. */
export interface WaitsForWork {
  readonly kind: 'work';
  /** Workflow id. */
  readonly run: string;
  readonly node: string;
}

/** As many as may are at work already. */
export interface WaitsForSlot {
  readonly kind: 'slot';
  /** Of what there are so many, as `step train`. */
  readonly of: string;
  /** How many. */
  readonly slots: number;
  /** Workflow id and node of the one that has worked longest; empty: others were first in line. */
  readonly run: string;
  readonly node: string;
}

export interface Fault {
  readonly node: string;
  readonly type: string;
  readonly message: string;
  readonly hint: string | null;
  /** Of a fault that holds, or has held, the run. */
  readonly held?: HeldFor;
}

/** How long a fault holds a run. Both ISO 8601, UTC. */
export interface HeldFor {
  readonly since: string;
  /** The run fails then, unless somebody has decided. */
  readonly until: string;
}

/** What a closed run returns to whoever started it, in its memo too. */
export interface RunResult {
  readonly outcome: Outcome;
  /** The pipeline's result, or the value it was rejected with. */
  readonly value: Json;
  readonly plan: Digest;
  /** All of them, or those that matter most where they are too many for a history. */
  readonly nodes: readonly NodeStatus[];
  /** How many more nodes the run had. Absent: none. */
  readonly omitted?: number;
}

/** What an `approval` gives. */
export interface ApprovalResult {
  readonly approved: boolean;
  /** Nobody decided in time. */
  readonly expired: boolean;
  /** It took so long that others could decide too. */
  readonly escalated: boolean;
  readonly decisions: readonly ApprovalDecision[];
  /** What the last approver filled in; `null` without a form, or when it was not approved. */
  readonly value: Json;
}

export interface ApprovalDecision {
  readonly approved: boolean;
  /** Who decided; Temporal does not prove it, a signed grant does. */
  readonly by: string;
  readonly role: string | null;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `signed`: a grant proved it; `claimed`: whoever sent it said so. (Runs of engines before 3 do not say.) */
  readonly proof: 'claimed' | 'signed';
  /** Id of the key that signed it, where one did. */
  readonly key?: string;
  /** Id of the grant, which counts once. */
  readonly grant?: string;
}

/** Input of the Update `approve`. */
export interface ApproveRequest {
  /** Default: the one approval that waits. */
  readonly node?: string;
  /** Default: true. */
  readonly approved?: boolean;
  readonly by?: string;
  readonly role?: string;
  readonly reason?: string;
  /** What the form asks for. */
  readonly value?: Json;
  /** A signed grant for exactly this decision, as `pawl grants sign` makes one. */
  readonly grant?: string;
}

/** Asks whether a grant proves a decision; the worker knows of which run. */
export interface VerifyGrantInput extends Omit<GrantedDecision, 'run' | 'runId'> {
  readonly grant: string;
}

/** Which key signed a grant, and which grant it was. */
export interface GrantProof {
  readonly key: string;
  /** Its id. */
  readonly grant: string;
}

/** What is kept of a decision beside its run. */
export interface DecisionRecord extends ApprovalDecision {
  /** The node's id in the run. */
  readonly node: string;
  /** Which decision at the node it is, from 0. */
  readonly nth: number;
  /** Digest of the canonical JSON of what was filled in. */
  readonly value: Digest;
}

/** Input of the Update `send`. */
export interface SendRequest {
  /** Id of the `waitFor` node. */
  readonly node: string;
  readonly value?: Json;
}

/** What people should hear of although nobody looks. */
export interface Alert {
  readonly kind: 'escalated';
  readonly node: string;
  /** One sentence. */
  readonly text: string;
  /** Whom it concerns. Absent: everybody. */
  readonly roles?: readonly string[];
}

/** Which code a held step is tried again with: what it has had, or what its pipeline's current plan has for it. */
export const CODE_CHOICES = ['pinned', 'current'] as const;
export type CodeChoice = (typeof CODE_CHOICES)[number];

/** Input of the Update `retry`. */
export interface RetryRequest {
  /** Default: every held node. */
  readonly node?: string;
  /** Default: `pinned`. */
  readonly code?: CodeChoice;
  readonly by?: string;
  readonly reason?: string;
}

/** Input of the Update `skip`. */
export interface SkipRequest {
  /** A held step. Default: the one that is held. */
  readonly node?: string;
  /** What stands for its output; checked by the step's output schema. */
  readonly value: Json;
  readonly by?: string;
  readonly reason?: string;
}

/** Input of the Update `abort`. */
export interface AbortRequest {
  readonly by?: string;
  readonly reason?: string;
}

/** How a run ended, as the nodes of `onExit` read it. */
export interface ExitInfo {
  readonly outcome: Outcome;
  readonly value: Json;
  readonly faults: readonly Fault[];
}

/** What a run that was reset had come to at that point. */
export interface FollowResetInput {
  readonly pipeline: string;
  readonly planHash: Digest;
  readonly params: Json;
  readonly nominalTime: string;
  readonly phase: Phase;
  readonly faults: readonly Fault[];
}

/** Keeps Postgres' projection of a run up to date. */
export interface RecordRunInput {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly value: Json;
  readonly faults: readonly Fault[];
  /** Of a run that closes, from engine 3 on: the nodes as its memo has them. */
  readonly nodes?: readonly NodeStatus[];
  /** How many more nodes it had. Absent: none. */
  readonly omitted?: number;
  /** What it was started with, for a run that ends before `begin` could record it. Absent: it has begun. */
  readonly notBegun?: BeginInput;
  /** What people and time have given its nodes so far. Absent: nothing. */
  readonly answers?: Readonly<Record<string, Answer>>;
}
