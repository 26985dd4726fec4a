import { type Quoted, quote } from '../plan/binding.js';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { ApprovalNode, EscalationStage } from '../plan/plan.js';
import type { ApprovalDecision, DecisionRecord, Escalation } from '../plan/protocol.js';

/** The decisions on one approval. They may come before the run has reached it. */
export class Ballot {
  readonly decisions: ApprovalDecision[] = [];
  /** Of what was filled in with each decision. */
  private readonly digests: Digest[] = [];
  private recordedCount = 0;
  private value: Quoted = null;
  /** Why no more decisions count; null while they do. */
  private over: string | null = null;
  /** When the run began to wait for it, in milliseconds; null before. */
  private since: number | null = null;
  private reached: readonly EscalationStage[] = [];

  constructor(readonly node: ApprovalNode) {}

  /** Who may decide now; empty: anyone. */
  get roles(): readonly string[] {
    const from = this.reached.findLastIndex(({ instead }) => instead);
    const first = from < 0 ? this.node.roles : [];
    return [...new Set([first, ...this.reached.slice(Math.max(0, from)).map(({ roles }) => roles)].flat())];
  }

  /** The run waits for it. @param at milliseconds */
  open(at: number): void {
    this.since = at;
  }

  /** Lets those of a stage decide. */
  escalate(stage: EscalationStage): void {
    this.reached = [...this.reached, stage];
  }

  /** Its stages and their times; none before the run waits. */
  escalations(): readonly Escalation[] {
    const { since, reached, node } = this;
    if (since === null) return [];
    return (node.escalate ?? []).map((stage) => ({
      roles: stage.roles,
      ...(stage.instead && { instead: stage.instead }),
      at: new Date(since + stage.afterMs).toISOString(),
      reached: reached.includes(stage),
    }));
  }

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

  /** Counts a decision. @param value What was filled in, checked. @param digest Of what was filled in, as it was sent. */
  cast(decision: ApprovalDecision, value: Quoted, digest: Digest): void {
    this.decisions.push(decision);
    this.digests.push(digest);
    if (decision.approved) this.value = value;
  }

  /** The decisions that are in no record yet. @param node The approval's id in the run. */
  unrecorded(node: string): readonly DecisionRecord[] {
    const all = this.decisions.map((each, nth) => ({ ...each, node, nth, value: this.digests[nth]! }));
    return all.slice(this.recordedCount);
  }

  /** So many more are in the record. */
  recorded(count: number): void {
    this.recordedCount += count;
  }

  /** Lets no more decisions count. @param why as `has expired` */
  close(why: string): void {
    this.over ??= why;
  }

  /** The node's value. */
  result(engine: number): Quoted {
    const { isApproved: approved } = this;
    return {
      approved,
      expired: !this.decided,
      ...(engine >= 3 && { escalated: this.reached.length > 0 }),
      decisions: quote(keptBy(this.decisions, engine) as unknown as Json),
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

/** What the runs of an engine keep of decisions: those before 3 did not say how one was proved. */
function keptBy(decisions: readonly ApprovalDecision[], engine: number): readonly object[] {
  return engine >= 3 ? decisions : decisions.map(({ proof, ...rest }) => rest);
}

/** Temporal does not tell a workflow who sent an Update. */
export const UNKNOWN = 'unknown';
