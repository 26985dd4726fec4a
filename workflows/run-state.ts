import type { Digest } from '../plan/canonical.js';
import type { ChunkAsk, Restart } from '../plan/chunk.js';
import type {
  Answer,
  BeginResult,
  Fault,
  Given,
  MapProgress,
  NodeState,
  NodeStatus,
  OpenPhase,
  Outcome,
  Reused,
  WaitsFor,
} from '../plan/protocol.js';
import { Asks } from './asks.js';
import { Budget } from './budget.js';
import { sizeOf } from './fit-table.js';
import { type HeldStep, type Hold, Holds } from './holds.js';
import { Inbox } from './inbox.js';
import { LightSteps } from './light-steps.js';
import { LocalTurn } from './local-turn.js';
import { News } from './news.js';
import type { Stop } from './stop.js';
import { Turns } from './turn.js';

interface Entry {
  state: NodeState;
  startedAt: number;
  ms: number | null;
  fault: Fault | null;
  reused?: Reused;
  given?: Given;
  /** Asked for when somebody looks: decisions may have come since. */
  waitsFor?: () => WaitsFor;
  progress?: MapProgress;
}

/** Where the chunks of a map ask. */
export interface Desk {
  ask(request: ChunkAsk): void;
}

/** They are recorded with each change of the run. */
const MAX_ANSWERS_BYTES = 256 * 1024;

/** Where a run stands: the table operators see, and what waits for their decisions. */
export class RunState {
  readonly budget = new Budget();
  readonly localTurn = new LocalTurn(() => this.engine >= 3);
  readonly lightSteps = new LightSteps(this.budget, this.localTurn);
  readonly inbox = new Inbox();
  readonly holds = new Holds();
  readonly asks = new Asks();
  /** How the run stands, on its way to Postgres. */
  readonly news = new News();
  /** Steps that wait until they may begin. */
  readonly turns = new Turns();
  /** Of the maps at work whose items run in workflows of their own, by the maps' ids in the run. */
  readonly desks = new Map<string, Desk>();
  /** In a chunk that begins again: how the steps begin that operators had decided about, by their ids in the run. */
  restarts: Readonly<Record<string, Restart>> = {};
  /** Null before the run has begun. */
  pinned: BeginResult | null = null;
  /** What ends all that the run has at work; null before it has begun. */
  stop: Stop | null = null;
  /** As it was last announced. */
  phase: OpenPhase = 'running';
  /** Why the run could not begin. */
  refusal: string | null = null;
  /** What is to be done before the run closes, when it was reset. */
  reset: Promise<void> | null = null;
  /** Whether all but what runs on exit has ended. */
  ended = false;
  private readonly entries = new Map<string, Entry>();
  private readonly codes = new Map<string, Digest>();
  private readonly answers = new Map<string, Answer>();
  /** How many of them have been recorded; a node has one answer. */
  private toldAnswers = 0;
  private readonly labels = new Map<string, string>();
  private last = '';

  /** The one that the run began with; 0 before. */
  get engine(): number {
    return this.pinned?.engine ?? 0;
  }

  started(node: string): void {
    this.last = node;
    this.set(node, { state: 'running', startedAt: Date.now(), ms: null, fault: null });
  }

  /** The node waits for a time or for people. */
  waiting(node: string, waitsFor: () => WaitsFor): void {
    this.last = node;
    this.set(node, { state: 'waiting', startedAt: Date.now(), ms: null, fault: null, waitsFor });
  }

  /** Undefined before the node is reached. */
  stateOf(node: string): NodeState | undefined {
    return this.entries.get(node)?.state;
  }

  /** @param reused the execution whose output it took over. */
  finished(node: string, reused?: Reused): void {
    this.end(node, 'done');
    if (reused) this.update(node, { reused });
  }

  /** The node ran, for so many milliseconds, together with others. */
  finishedAhead(node: string, ms: number): void {
    this.update(node, { state: 'done', ms });
  }

  /** How far a map has got. */
  progress(node: string, progress: MapProgress): void {
    this.update(node, { progress });
  }

  /** Takes a node out of the table: what becomes of it is known elsewhere. */
  forget(node: string): void {
    this.entries.delete(node);
  }

  cancelled(node: string): void {
    this.end(node, 'cancelled');
  }

  skipped(node: string): void {
    this.set(node, { state: 'skipped', startedAt: Date.now(), ms: 0, fault: null });
  }

  /** A fault that nobody is asked about. */
  failed(fault: Fault): void {
    const startedAt = this.entries.get(fault.node)?.startedAt ?? Date.now();
    this.set(fault.node, { state: 'failed', startedAt, ms: Date.now() - startedAt, fault });
  }

  /** A control node made up its mind. */
  decided(node: string): void {
    this.set(node, { state: 'done', startedAt: Date.now(), ms: 0, fault: null });
  }

  /** The node waits for an operator. */
  held(fault: Fault, step: HeldStep | null): Hold {
    if (!this.entries.has(fault.node)) this.started(fault.node);
    this.update(fault.node, { state: 'held', fault });
    return this.holds.begin(fault, step);
  }

  resumed(node: string): void {
    this.holds.end(node);
    this.update(node, { state: 'failed' });
  }

  /** An operator gave the node its output. */
  given(node: string, given: Given): void {
    this.end(node, 'done');
    this.update(node, { given, fault: null });
  }

  /** From now on the node runs with the code of another plan than the run's. */
  runsCodeOf(node: string, plan: Digest): void {
    this.codes.set(node, plan);
  }

  /** The plan whose code a node runs; undefined: the run's. */
  codeOf(node: string): Digest | undefined {
    return this.codes.get(node);
  }

  /** Faults that wait for an operator. */
  faults(): readonly Fault[] {
    return this.holds.all().map(({ fault }) => fault);
  }

  lastNode(): string {
    return this.last;
  }

  close(outcome: Outcome): void {
    this.ended = true;
    this.closeUnder('', outcome === 'cancelled' || outcome === 'rejected' ? 'cancelled' : 'failed');
  }

  /** Ends what is still open among the nodes whose ids begin so. What only waited has not failed. */
  closeUnder(prefix: string, ended: NodeState): void {
    for (const [node, { state }] of this.entries) {
      if (!node.startsWith(prefix)) continue;
      if (state === 'running') this.end(node, ended);
      if (state === 'waiting') this.end(node, 'cancelled');
    }
  }

  /** Notes what people or time gave a node. */
  answer(node: string, answer: Answer): void {
    this.answers.set(node, answer);
  }

  /** None of them has been recorded for the run as it is now. */
  tellAnswersAgain(): void {
    this.toldAnswers = 0;
  }

  /** As `answersToRecord`; nothing where they have been recorded as they are. */
  newAnswers(): ReturnType<RunState['answersToRecord']> {
    if (this.answers.size === this.toldAnswers) return {};
    this.toldAnswers = this.answers.size;
    return this.answersToRecord();
  }

  /** All of them as they are recorded; nothing where there are none, or more than fit. */
  answersToRecord(): { readonly answers?: Readonly<Record<string, Answer>> } {
    if (this.answers.size === 0) return {};
    const answers = Object.fromEntries(this.answers);
    return sizeOf(answers) <= MAX_ANSWERS_BYTES ? { answers } : {};
  }

  /** Notes what people call a node. */
  call(node: string, label: string): void {
    this.labels.set(node, label);
  }

  /** What people call nodes, by id. */
  labelOf(node: string): string | undefined {
    return this.labels.get(node);
  }

  table(): readonly NodeStatus[] {
    return [...this.entries].map(([node, { state, ms, fault, reused, given, waitsFor, progress }]) => ({
      node,
      state,
      ms,
      fault,
      ...(reused && { reused }),
      ...(given && { given }),
      ...(this.codes.has(node) && { plan: this.codes.get(node) }),
      ...(state === 'waiting' && waitsFor && { waitsFor: waitsFor() }),
      ...(progress && { progress }),
    }));
  }

  private end(node: string, state: NodeState): void {
    const entry = this.entries.get(node);
    if (entry) this.update(node, { state, ms: Date.now() - entry.startedAt });
  }

  private update(node: string, change: Partial<Entry>): void {
    const entry = this.entries.get(node);
    if (entry) this.set(node, { ...entry, ...change });
  }

  private set(node: string, entry: Entry): void {
    this.entries.set(node, entry);
  }
}
