import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { type Quoted, quote } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import { EXIT_ITEM, type ExitPlan } from '../plan/plan.js';
import type { BeginResult, Fault } from '../plan/protocol.js';
import { announceEnd } from './announce.js';
import type { Ending } from './ending.js';
import { Frame } from './frame.js';
import { interpretBlock } from './interpret.js';
import { interpretEach, notedFaults } from './interpret-each.js';
import type { Run } from './run.js';
import type { RunState } from './run-state.js';
import { Stop } from './stop.js';

/** How long what was cancelled at the time limit may take to stop; a step that does not listen is left behind. */
const GRACE_MS = 10_000;

/** Runs what the plan has for its end. Whatever happens in it is in the table of nodes, and changes nothing else. */
export async function runExit(pinned: BeginResult, state: RunState, ending: Ending): Promise<void> {
  const { onExit } = pinned.plan;
  if (!onExit) return;
  announceEnd(state);
  try {
    await CancellationScope.nonCancellable(() => interpretExit(onExit, pinned, state, ending));
  } catch (error) {
    state.failed(exitFault(FailureType.Internal, String(error)));
  }
  state.closeUnder(`${EXIT_ITEM}/`, 'cancelled');
}

async function interpretExit(exit: ExitPlan, pinned: BeginResult, state: RunState, ending: Ending): Promise<void> {
  const scope = new CancellationScope();
  const stop = new Stop({ scope });
  // What runs on exit belongs to this run's end, not to another one's.
  const run: Run = {
    pinned: { ...pinned, from: undefined },
    state,
    stop,
    faults: notedFaults(state),
    interpret: interpretBlock,
  };
  const frame = new Frame(pinned.params).withItem(EXIT_ITEM, itemOf(ending));
  const clock = new CancellationScope();
  const work = scope.run(() => interpretEach(exit.block, frame, run)).finally(() => clock.cancel());
  const limit = clock.run(() => limitTime(exit, stop, state));
  await Promise.race([work, limit]);
}

function itemOf({ outcome, quoted, faults }: Ending): Quoted {
  return {
    outcome,
    value: quoted,
    faults: faults.map(({ node, type, message, hint }) => quote({ node, type, message, hint })),
  };
}

/** Ends when the work has ended, or a while after its time is over. */
async function limitTime({ timeoutMs }: ExitPlan, stop: Stop, state: RunState): Promise<void> {
  try {
    await sleep(timeoutMs, { summary: 'time limit of onExit' });
    state.failed(exitFault('Timeout', `onExit took longer than ${timeoutMs} ms`));
    stop.because(new Error('the time limit of onExit'));
    await sleep(GRACE_MS, { summary: 'what onExit has at work is being stopped' });
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

function exitFault(type: string, message: string): Fault {
  return { node: EXIT_ITEM, type, message, hint: 'Give onExit a longer `timeout`, or do less in it.' };
}
