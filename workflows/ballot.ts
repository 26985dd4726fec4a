import { type Quoted, quote } from '../plan/binding.js';
import type { Json } from '../plan/json.js';
import type { ApprovalNode } from '../plan/plan.js';
import type { ApprovalDecision } from '../plan/protocol.js';

/** The decisions on one approval. They may come before the run has reached it. */
export class Ballot {
  readonly decisions: ApprovalDecision[] = [];
  private value: Quoted = null;
  /** Why no more decisions count; null while they do. */
  private over: string | null = null;

  constructor(readonly node: ApprovalNode) {}

  get decided(): boolean {
    return this.isRefused || this.isApproved;
  }

  /** Why a decision of this person cannot count; null when it can. */
  objection(by: string): string | null {
    if (this.over !== null) return this.over;
    if (this.decided) return `is decided already: ${this.words()}`;
    if (!this.decisions.some((each) => each.by === by)) return null;
    if (by === UNKNOWN) return `has a decision of somebody who gave no name: say who you are with "by"`;
    return `has a decision of ${by} already, which stays; it needs ${this.node.quorum} different people`;
  }

  /** Counts a decision. @param value What was filled in, checked. */
  cast(decision: ApprovalDecision, value: Quoted): void {
    this.decisions.push(decision);
    if (decision.approved) this.value = value;
  }

  /** Lets no more decisions count. @param why as `has expired` */
  close(why: string): void {
    this.over ??= why;
  }

  /** The node's value. */
  result(): Quoted {
    const { isApproved: approved } = this;
    return {
      approved,
      expired: !this.decided,
      decisions: quote(this.decisions as unknown as Json),
      value: approved ? this.value : null,
    };
  }

  /** How it stands, in words. */
  words(): string {
    const refusal = this.decisions.find((each) => !each.approved);
    if (refusal) return `refused by ${refusal.by}${refusal.reason ? ` (${refusal.reason})` : ''}`;
    const names = this.decisions.map(({ by }) => by).join(', ');
    return `${this.decisions.length} of ${this.node.quorum} have approved${names ? ` (${names})` : ''}`;
  }

  private get isRefused(): boolean {
    return this.decisions.some((each) => !each.approved);
  }

  private get isApproved(): boolean {
    return !this.isRefused && this.decisions.length >= this.node.quorum;
  }
}

/** Temporal does not tell a workflow who sent an Update. */
export const UNKNOWN = 'unknown';
