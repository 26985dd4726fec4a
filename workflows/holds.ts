import type { HeldStep, Resumption } from '../plan/held.js';
import type { Fault } from '../plan/protocol.js';

export type { HeldStep, Resumption } from '../plan/held.js';

export type Decision = Resumption | { readonly how: 'abort'; readonly why: string };

/** A node that waits for an operator. */
export class Hold {
  /** Null until somebody has decided. */
  decision: Decision | null = null;
  /** What is being done about it, which keeps others from deciding; null: nothing. */
  busy: string | null = null;
  /** Whether nothing can be decided any more. */
  over = false;

  constructor(
    readonly fault: Fault,
    /** Null for a control node. */
    readonly step: HeldStep | null,
  ) {}

  /** Why nobody can decide now, as `is being skipped`; null: anybody can. */
  objection(): string | null {
    if (this.over || this.decision) return 'is held no more: somebody has decided, or the run has ended';
    return this.busy;
  }

  /** The first decision counts. */
  decide(decision: Decision): void {
    this.decision ??= decision;
  }
}

/** The nodes of a run that wait for an operator, by their ids in the run. */
export class Holds {
  private readonly open = new Map<string, Hold>();

  begin(fault: Fault, step: HeldStep | null): Hold {
    const hold = new Hold(fault, step);
    this.open.set(fault.node, hold);
    return hold;
  }

  end(node: string): void {
    const hold = this.open.get(node);
    if (hold) hold.over = true;
    this.open.delete(node);
  }

  of(node: string): Hold | undefined {
    return this.open.get(node);
  }

  all(): readonly Hold[] {
    return [...this.open.values()];
  }
}
