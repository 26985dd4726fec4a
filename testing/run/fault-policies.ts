import type { Fault } from '../../plan/protocol.js';
import { aborted, type FaultPolicy, failed, NodeFailed, PartFailed } from './endings.js';
import type { NodeTable } from './node-table.js';
import type { HeldDecision, RunOptions } from './options.js';
import { planIdOf } from './plan-id.js';

/** The faults of a run: what was decided in advance happens, and what was not leaves the node held. */
export function heldFaults(table: NodeTable, decisions: HeldDecisions): FaultPolicy {
  return {
    hold: (fault) => {
      const decision = decisions.next(fault.node);
      table.fault(fault, decision === undefined ? 'held' : 'failed');
      if (decision === 'abort') throw aborted(fault);
      if (decision === 'expire') throw failed(fault);
      return decision ?? 'held';
    },
    refuse: (fault) => {
      table.fault(fault, 'failed');
      return failed(fault);
    },
  };
}

/** The decisions given in advance; each is used once. */
export class HeldDecisions {
  private readonly left: Map<string, HeldDecision[]>;

  constructor(given: NonNullable<RunOptions['onHeld']> = {}) {
    this.left = new Map(
      Object.entries(given).map(([node, all]) => [node, Array.isArray(all) ? [...all] : [all as HeldDecision]]),
    );
  }

  next(node: string): HeldDecision | undefined {
    return (this.left.get(node) ?? this.left.get(planIdOf(node)))?.shift();
  }
}

/** The faults of an item that may fail; the others are the run's. */
export function partFaults(part: object, faults: FaultPolicy, table: NodeTable, mayFail: () => boolean): FaultPolicy {
  const failureBy = (fault: Fault): PartFailed | undefined => {
    if (!mayFail()) return undefined;
    table.fault(fault, 'failed');
    return new PartFailed(part, fault);
  };
  return {
    hold: (fault) => {
      const failure = failureBy(fault);
      if (failure) throw failure;
      return faults.hold(fault);
    },
    refuse: (fault) => failureBy(fault) ?? faults.refuse(fault),
  };
}

/** Faults on exit: nobody is asked, the node has failed. */
export function notedFaults(table: NodeTable): FaultPolicy {
  const note = (fault: Fault): NodeFailed => {
    table.fault(fault, 'failed');
    return new NodeFailed(fault.message);
  };
  return {
    hold: (fault) => {
      throw note(fault);
    },
    refuse: note,
  };
}
