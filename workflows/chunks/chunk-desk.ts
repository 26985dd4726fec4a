import { CancellationScope, condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import { type ChunkAnswer, type ChunkAsk, ChunkSignal, type Restart } from '../../plan/chunk.js';
import type { Resumption } from '../../plan/held.js';
import { sizeOf } from '../fit-table.js';
import type { Run } from '../run.js';
import type { Desk } from '../run-state.js';

export interface ChunkDeskOptions {
  /** Id of the map in the run. */
  readonly id: string;
  /** Items of the map. */
  readonly count: number;
  /** How many of them may fail. */
  readonly allowed: number;
  readonly run: Run;
}

/** A chunk at work. */
interface Seat {
  readonly from: string;
  /** Everything that is done for it. */
  readonly scope: CancellationScope;
  /** How many of its items it was allowed to lose. */
  granted: number;
  /** Of these, how many it may not have used. */
  spare: number;
  /** Nodes of it that are held or have failed. */
  readonly nodes: Set<string>;
  /** How many of those that failed are lines of the run's table. */
  shown: number;
}

/** A map with so many failures does not ask for each of them: the history of a run has an end. */
const MOST_ASKED = 2000;
/** Temporal refuses inputs over 2 MB. */
const MAX_RESTARTS_BYTES = 500_000;
/** Further items that failed are counted, and are not lines of the run's table. */
const MOST_SHOWN = 100;

/**
 * Decides for the chunks of a map what becomes of their faults, as the run would: all of its items together may fail as
 * often as the map bears, and what it does not bear holds the run.
 */
export class ChunkDesk implements Desk {
  private readonly seats = new Map<number, Seat>();
  /** How the steps of each chunk begin, were it lost, that operators have decided about. */
  private readonly restarts = new Map<number, Record<string, Restart>>();
  private left: number;
  private done = 0;
  private failed = 0;
  private shown = 0;

  constructor(private readonly options: ChunkDeskOptions) {
    this.left = options.allowed;
    options.run.state.desks.set(options.id, this);
    this.show();
  }

  /** @param from Workflow id of the chunk. */
  open(chunk: number, from: string): void {
    this.seats.set(chunk, { from, scope: new CancellationScope(), granted: 0, spare: 0, nodes: new Set(), shown: 0 });
  }

  /** Takes what is known of a chunk that was lost out of the table: its items begin again. */
  forget(chunk: number): void {
    if (!this.remembers) return;
    const { state } = this.options.run;
    const { nodes, shown } = this.seats.get(chunk)!;
    this.shown -= shown;
    for (const node of nodes) {
      state.holds.end(node);
      state.forget(node);
    }
  }

  /** Chunks of runs of earlier engines begin again as if nobody had decided anything in them. */
  private get remembers(): boolean {
    return this.options.run.pinned.engine >= 4;
  }

  /** What a chunk must know of its steps when it begins again. It begins without where that is too much. */
  restartsIn(chunk: number): Readonly<Record<string, Restart>> {
    const { id, run } = this.options;
    const before = Object.entries(run.state.restarts).filter(([node]) => node.startsWith(`${id}[`));
    const restarts = { ...Object.fromEntries(before), ...this.restarts.get(chunk) };
    return sizeOf(restarts) <= MAX_RESTARTS_BYTES ? restarts : {};
  }

  /** @param items How many it had, of which so many failed; nothing when it came to no end, and will begin again. */
  close(chunk: number, items?: { readonly count: number; readonly failed: number }): void {
    const seat = this.seats.get(chunk)!;
    this.seats.delete(chunk);
    this.left += seat.granted - (items?.failed ?? 0);
    this.done += items?.count ?? 0;
    this.failed += items?.failed ?? 0;
    seat.scope.cancel();
    this.show();
  }

  /** Answers later. What a chunk asked that is not at work any more interests nobody. */
  ask(request: ChunkAsk): void {
    const seat = this.seats.get(request.chunk);
    if (seat?.from !== request.from) return;
    const { stop } = this.options.run;
    seat.scope
      .run(() => this.decide(request, seat))
      .catch((error) => {
        if (!seat.scope.consideredCancelled) stop.because(error);
      });
  }

  /** No chunk asks any more. */
  leave(): void {
    this.options.run.state.desks.delete(this.options.id);
  }

  private async decide({ chunk, ask, fault, step, mayFail, final }: ChunkAsk, seat: Seat): Promise<void> {
    const { faults, state } = this.options.run;
    seat.spare = 0;
    seat.nodes.add(fault.node);
    if (mayFail && (await this.mayFail(seat))) {
      if (this.shown < MOST_SHOWN) {
        this.shown += 1;
        seat.shown += 1;
        state.failed(fault);
      }
      return send(seat, { ask, fails: { more: seat.spare } });
    }
    if (final) throw faults.refuse(fault);
    const decision = await faults.hold(fault, step);
    seat.nodes.delete(fault.node);
    if (decision.how === 'given') state.given(fault.node, decision.given);
    else state.forget(fault.node);
    if (this.remembers) this.remember(chunk, fault.node, decision);
    await send(seat, { ask, decision });
  }

  /** The plan that a node runs shows in the run's table where it is held again. */
  private remember(chunk: number, node: string, decision: Resumption): void {
    const { state } = this.options.run;
    const all = this.restarts.get(chunk) ?? {};
    const before = all[node] ?? state.restarts[node] ?? { times: 0 };
    const code = (decision.how === 'retry' && decision.code) || before.code;
    if (code) state.runsCodeOf(node, code.planHash);
    const times = before.times + (decision.how === 'retry' ? 1 : 0);
    this.restarts.set(chunk, { ...all, [node]: { times, ...(code && { code }) } });
  }

  /** Where others have something to spare, it is waited for: the run must not hold too early. */
  private async mayFail(seat: Seat): Promise<boolean> {
    const othersSpare = (): boolean => [...this.seats.values()].some((other) => other !== seat && other.spare > 0);
    if (this.left === 0 && othersSpare()) await condition(() => this.left > 0 || !othersSpare());
    if (this.left <= 0) return false;
    const more = Math.min(this.left - 1, Math.floor(this.options.allowed / MOST_ASKED));
    this.left -= 1 + more;
    seat.granted += 1 + more;
    seat.spare = more;
    return true;
  }

  private show(): void {
    const { id, count, run } = this.options;
    const failed = this.failed > 0 ? { failed: this.failed } : {};
    run.state.progress(id, { done: this.done, of: count, ...failed });
  }
}

/** A chunk that is not there any more needs no answer. */
async function send({ from }: Seat, answer: ChunkAnswer): Promise<void> {
  const chunk = getExternalWorkflowHandle(from);
  await CancellationScope.nonCancellable(() => chunk.signal(ChunkSignal.answer, answer).catch(() => undefined));
}
