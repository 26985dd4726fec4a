import { CancellationScope, condition, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { type ChunkAnswer, type ChunkAsk, type ChunkInput, ChunkSignal } from '../../plan/chunk.js';
import type { Fault } from '../../plan/protocol.js';
import { sizeOf } from '../fit-table.js';
import type { RunState } from '../run-state.js';

/** A chunk's questions to the run it is a part of: what becomes of a fault is decided there. */
export class RunAsker {
  private asked = 0;
  private readonly answers = new Map<number, ChunkAnswer>();
  /** Questions whose answers nobody waits for any more. */
  private readonly dropped = new Set<number>();
  /** How many more items may fail without a question. */
  private spare = 0;

  constructor(
    private readonly input: ChunkInput,
    private readonly state: RunState,
  ) {}

  /** Takes an answer of the run's. */
  receive(answer: ChunkAnswer): void {
    if (this.dropped.delete(answer.ask)) this.giveBack(answer);
    else this.answers.set(answer.ask, answer);
  }

  /** Whether an item may fail without a question; it then has. */
  takeSpare(): boolean {
    if (this.spare === 0) return false;
    this.spare -= 1;
    return true;
  }

  /** Asks and waits for the answer: at once, or when an operator has decided. */
  async ask(fault: Fault, options: Pick<ChunkAsk, 'step' | 'mayFail' | 'final'>): Promise<ChunkAnswer> {
    this.asked += 1;
    const ask = this.asked;
    await this.send({ ask, fault, ...withoutLarge(options) });
    try {
      await condition(() => this.answers.has(ask));
    } catch (error) {
      this.drop(ask);
      throw error;
    }
    const answer = this.answers.get(ask)!;
    this.answers.delete(ask);
    this.spare += answer.fails?.more ?? 0;
    return answer;
  }

  private async send(request: Omit<ChunkAsk, 'map' | 'chunk' | 'from'>): Promise<void> {
    const { node: map, chunk } = this.input;
    const { parent, workflowId: from } = workflowInfo();
    const room = this.state.budget.admit(sizeOf(request));
    if (room) await room;
    const run = getExternalWorkflowHandle(parent!.workflowId);
    const message: ChunkAsk = { map, chunk, from, ...request };
    await CancellationScope.nonCancellable(() => run.signal(ChunkSignal.ask, message));
  }

  private drop(ask: number): void {
    const answer = this.answers.get(ask);
    if (answer) this.giveBack(answer);
    else this.dropped.add(ask);
  }

  private giveBack({ fails }: ChunkAnswer): void {
    if (fails) this.spare += 1 + fails.more;
  }
}

/** Signals are refused over 2 MB. A step with an input so large can be tried again, and no more. In bytes. */
const MAX_STEP_BYTES = 500_000;

function withoutLarge<T extends Pick<ChunkAsk, 'step'>>(options: T): T {
  const { step, ...others } = options;
  return step && sizeOf(step) > MAX_STEP_BYTES ? (others as T) : options;
}
