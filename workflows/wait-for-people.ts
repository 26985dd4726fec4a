import { condition, isCancellation } from '@temporalio/workflow';
import type { WaitsForApproval, WaitsForEvent } from '../plan/protocol.js';
import { announceAsks } from './announce.js';
import { askOf } from './asks.js';
import type { Run } from './run.js';
import { summaryOf } from './summary.js';

/** Something that happens when it has been waited for so long. */
export interface WaitStage {
  /** Milliseconds from the beginning of the wait. */
  readonly afterMs: number;
  readonly reach: () => void;
}

export interface WaitForPeopleOptions {
  /** The node's id in the run. */
  readonly id: string;
  readonly run: Run;
  /** Null: for ever. */
  readonly timeoutMs: number | null;
  /** What happens while it is waited, in order of time. Default: nothing. */
  readonly stages?: readonly WaitStage[];
  /** What those who look at the run read. @param until ISO 8601, UTC. */
  readonly describe: (until: string | null) => WaitsForApproval | WaitsForEvent;
  readonly isOver: () => boolean;
  /** Lets nothing more count. */
  readonly close: (why: string) => void;
  /** What must be done before the node counts as done. Nothing: it is done at once. */
  readonly settle?: () => Promise<void> | undefined;
}

/** Waits until what people sent is enough, or the time is over. What came early is not waited for. */
export async function waitForPeople(options: WaitForPeopleOptions): Promise<void> {
  const { id, run, timeoutMs, isOver, close } = options;
  const until = timeoutMs === null ? null : new Date(Date.now() + timeoutMs).toISOString();
  run.state.waiting(id, () => options.describe(until));
  // Runs of earlier engines wait without a word.
  const endAsk = isOver() || run.pinned.engine < 4 ? undefined : beginAsk(options, until);
  try {
    if (!isOver()) await enough(options);
  } catch (error) {
    if (isCancellation(error)) run.state.cancelled(id);
    close('waits no longer: what it is a part of has ended');
    throw error;
  } finally {
    endAsk?.();
  }
  if (!isOver()) close(`has waited long enough: nobody came before ${until}`);
  const settled = options.settle?.();
  if (settled) await settled;
  run.state.finished(id);
}

/** Says where lists of runs read it that the run waits. @returns what says that it does no more. */
function beginAsk({ id, run: { state }, describe }: WaitForPeopleOptions, until: string | null): () => void {
  const since = Date.now();
  state.asks.begin(id, () => askOf(id, since, describe(until)));
  announceAsks(state);
  return () => {
    state.asks.end(id);
    announceAsks(state);
  };
}

async function enough({ id, timeoutMs, stages = [], isOver }: WaitForPeopleOptions): Promise<void> {
  const began = Date.now();
  // Time may have passed since: no worker may have been there to begin the next wait.
  const left = (ms: number): number => Math.max(1, began + ms - Date.now());
  for (const { afterMs, reach } of stages) {
    if (await condition(isOver, left(afterMs), { summary: summaryOf(`waits, then asks others: ${id}`) })) return;
    reach();
  }
  if (timeoutMs === null) return condition(isOver);
  // A timer of no time would not be one.
  await condition(isOver, left(timeoutMs), { summary: summaryOf(`waits: ${id}`) });
}
