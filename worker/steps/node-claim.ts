import { randomUUID } from 'node:crypto';
import type { Quoted } from '../../plan/binding.js';
import type { Json } from '../../plan/json.js';
import type { Checkpoints } from '../../plan/registry.js';
import type { CacheRecord, Claim, ClaimOptions, LineageEdge, NodeKey, Store } from '../../store/index.js';

/** What an attempt commits. */
export interface StepDone {
  readonly output: Quoted;
  readonly lineage: readonly LineageEdge[];
  readonly cache?: CacheRecord;
}

/** A node that is done: nobody claims it any more. */
export type CommittedNode = Extract<Claim, { state: 'committed' }>;

/** How long a first attempt works before the journal hears of it, in milliseconds. */
export const QUICK_MS = 10;

/** An attempt's hold on its node: all that it writes to the journal goes through here, and throws `Fenced` once lost. */
export class NodeClaim {
  private readonly began = performance.now();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: ClaimOptions,
    readonly token: string,
    /** Failures of the author's code before this attempt. */
    readonly failures: number,
    private readonly store: Pick<Store, 'journal' | 'checkpoints'>,
    /** Absent: the journal has not heard of the attempt. */
    private claiming?: Promise<unknown>,
  ) {}

  /** Takes the node over from any attempt before, or finds it done. */
  static async take(
    options: ClaimOptions,
    store: Pick<Store, 'journal' | 'checkpoints'>,
  ): Promise<NodeClaim | CommittedNode> {
    const claim = await store.journal.claim(options);
    if (claim.state === 'committed') return claim;
    return new NodeClaim(options, claim.token, claim.failures, store, Promise.resolve());
  }

  /**
   * For an attempt that is its node's first: most are done so soon that claim and commit are one statement, which halves
   * what the journal costs them. Where an attempt that began later came before it, as it may while a function keeps the
   * process busy, this one is fenced. It takes over from earlier ones: Temporal counts attempts from 1 again when an
   * operator resets an activity.
   */
  static later(options: ClaimOptions, store: Pick<Store, 'journal' | 'checkpoints'>): NodeClaim {
    const claim = new NodeClaim(options, randomUUID(), 0, store);
    // Whoever needs the claim makes it again where this one has no answer.
    claim.timer = setTimeout(() => void claim.make().catch(() => undefined), QUICK_MS);
    return claim;
  }

  /** The node's, which only its owner writes. */
  get checkpoints(): Checkpoints {
    const { latest, save } = this.store.checkpoints({ ...this.key, token: this.token });
    return {
      latest,
      save: async (checkpoint) => {
        await this.make();
        await save(checkpoint);
      },
    };
  }

  /** Makes the claim where it has not been made, so that the node has an entry. */
  async make(): Promise<void> {
    this.leave();
    this.claiming ??= this.store.journal.claimLate(this.claim, this.token);
    await this.claiming.catch((error) => {
      this.claiming = undefined;
      throw error;
    });
  }

  async commit(done: StepDone): Promise<void> {
    this.leave();
    const { key, token, claim } = this;
    if (this.claiming || done.lineage.length > 0) await this.make();
    await this.store.journal.commit({ key, token, claim, unclaimed: !this.claiming, ...done });
  }

  /** Counts a failure of the author's code. @returns the failures so far. */
  async recordFailure(error: Json): Promise<number> {
    await this.make();
    return this.store.journal.recordFailure({ key: this.key, token: this.token, error });
  }

  /** Says why the work has not begun. */
  async noteWait(reason: string): Promise<void> {
    await this.make();
    await this.store.journal.noteWait(this.key, this.token, reason);
  }

  /** The attempt is over. */
  leave(): void {
    clearTimeout(this.timer);
  }

  private get key(): NodeKey {
    const { runId, node, generation } = this.options;
    return { runId, node, generation };
  }

  private get claim(): ClaimOptions {
    return { ...this.options, workedMs: performance.now() - this.began };
  }
}
