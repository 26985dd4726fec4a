import { CancellationScope } from '@temporalio/workflow';
import type { ApprovalNode, WaitNode } from '../plan/plan.js';
import { Ballot } from './ballot.js';
import { EventSlot } from './event-slot.js';

/** What people have sent to the nodes that wait for them, by the nodes' ids in the run. */
export class Inbox {
  private readonly ballots = new Map<string, Ballot>();
  private readonly slots = new Map<string, EventSlot>();
  private readonly checks = new Set<CancellationScope>();
  private readonly grants = new Set<string>();

  ballot(id: string, node: ApprovalNode): Ballot {
    const ballot = this.ballots.get(id) ?? new Ballot(node);
    this.ballots.set(id, ballot);
    return ballot;
  }

  slot(id: string, node: WaitNode): EventSlot {
    const slot = this.slots.get(id) ?? new EventSlot(node);
    this.slots.set(id, slot);
    return slot;
  }

  /** Every approval that something was sent to or that was reached, by id. */
  allBallots(): readonly (readonly [string, Ballot])[] {
    return [...this.ballots];
  }

  /** Whether a grant of this id has counted already. */
  hasGrant(id: string): boolean {
    return this.grants.has(id);
  }

  /** Lets a grant count no more. */
  useGrant(id: string): void {
    this.grants.add(id);
  }

  /** Runs the check of what somebody sent. Only the run's end stops it: who sent it waits for the answer. */
  check<T>(work: () => Promise<T>): Promise<T> {
    return CancellationScope.nonCancellable(() => {
      const scope = new CancellationScope();
      this.checks.add(scope);
      return scope.run(work).finally(() => this.checks.delete(scope));
    });
  }

  /** Ends the checks under way, so that a run's end waits for none of them. */
  close(): void {
    for (const scope of this.checks) scope.cancel();
  }
}
