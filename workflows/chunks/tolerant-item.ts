import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Quoted } from '../../plan/binding.js';
import type { Block } from '../../plan/plan.js';
import type { Fault } from '../../plan/protocol.js';
import type { FaultPolicy } from '../fault-policy.js';
import type { Frame } from '../frame.js';
import type { HeldStep, Resumption } from '../holds.js';
import type { Run } from '../run.js';
import { Stop } from '../stop.js';
import type { RunAsker } from './ask-run.js';

export interface TolerantItemOptions {
  readonly block: Block;
  readonly frame: Frame;
  readonly run: Run;
  readonly asker: RunAsker;
}

export type ItemResult = { readonly value: Quoted } | { readonly fault: Fault };

/** Runs an item that may fail if the run, which knows of all items, allows it. As `runPart`, whose answers are at hand. */
export async function runTolerantItem({ block, frame, run, asker }: TolerantItemOptions): Promise<ItemResult> {
  const endsPart = (cause: unknown): boolean => cause instanceof ItemFailed && cause.stop === stop;
  const stop: Stop = new Stop({ scope: new CancellationScope(), around: run.stop, endsPart });
  const part: Run = { ...run, stop, faults: itemFaults(stop, run, asker) };
  try {
    return { value: await stop.inScope(() => run.interpret(block, frame, part)) };
  } catch (error) {
    if (!(error instanceof ItemFailed && error.stop === stop)) throw error;
    if (run.stop.cancelled) throw new CancelledFailure('the run was cancelled');
    if (!error.isBorne && !asker.takeSpare()) await asker.ask(error.fault, { mayFail: true, final: true });
    return { fault: error.fault };
  } finally {
    stop.forget();
  }
}

/** Thrown through an item that failed. */
class ItemFailed extends Error {
  constructor(
    readonly stop: Stop,
    readonly fault: Fault,
    /** The run has been asked whether it may. */
    readonly isBorne: boolean,
  ) {
    super(fault.message);
  }
}

function itemFaults(stop: Stop, { state }: Run, asker: RunAsker): FaultPolicy {
  /** An item fails once: its faults are asked about one after the other. */
  let before: Promise<unknown> = Promise.resolve();
  const fail = (fault: Fault, isBorne: boolean): ItemFailed => {
    state.failed(fault);
    return new ItemFailed(stop, fault, isBorne);
  };
  const decide = async (fault: Fault, step?: HeldStep): Promise<Resumption> => {
    if (stop.stopped) throw stop.causeOr(undefined);
    if (asker.takeSpare()) throw fail(fault, true);
    state.held(fault, step ?? null);
    const { fails, decision } = await asker.ask(fault, { step, mayFail: true, final: false });
    state.resumed(fault.node);
    if (fails) throw fail(fault, true);
    return decision!;
  };
  return {
    hold: (fault, step) => {
      const decided = before.then(() => decide(fault, step));
      before = decided.catch(() => undefined);
      return decided;
    },
    refuse: (fault) => (stop.stopped ? stop.causeOr(undefined) : fail(fault, false)),
  };
}
