import type { Lease, LeaseStore, Taken, TakeOptions } from '../../store/index.js';

/** How often leases are renewed, in milliseconds. */
const RENEW_MS = 1000;
/** How long the silence of a worker may be before its leases are given to others, at the least. In milliseconds. */
const LEAST_TTL_MS = 10_000;
/** Beyond the silence that Temporal allows an attempt: then its own next attempt comes first, as a rule. */
const MARGIN_MS = 2000;

/** How long a lease of an attempt lasts without a sign of its worker. @param heartbeatMs the silence it is allowed. */
export function leaseTtl(heartbeatMs: number): number {
  return Math.max(heartbeatMs, LEAST_TTL_MS) + MARGIN_MS;
}

export type KeepOptions = Omit<TakeOptions, 'ttlMs'> & { readonly heartbeatMs: number };

/**
 * The leases of all attempts of a worker, renewed with one statement a second for as long as it lives. Nothing runs, and
 * nothing is asked of Postgres, while there are none.
 */
export class LeaseKeeper {
  private readonly held = new Map<number, Lease>();
  private timer: NodeJS.Timeout | undefined;
  /** Statements that change several leases come one after the other, so that they cannot lock each other out. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: LeaseStore) {}

  /** Takes a lease and keeps it until it is released. */
  async take({ heartbeatMs, ...options }: KeepOptions): Promise<Taken> {
    const taken = await this.store.take({ ...options, ttlMs: leaseTtl(heartbeatMs) });
    if (taken.state === 'taken') this.keep(taken.lease);
    return taken;
  }

  /** Keeps a place in line. */
  lineUp(options: Parameters<LeaseStore['lineUp']>[0], ms: number): Promise<void> {
    return this.store.lineUp(options, ms);
  }

  /** Lets go. An outage does not matter: what is not renewed expires. */
  async release(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.inTurn(async () => {
      const current = leases.map((lease) => this.held.get(lease.fence) ?? lease);
      for (const { fence } of leases) this.held.delete(fence);
      await this.store.release(current);
    });
  }

  /** What is still held expires. */
  stop(): void {
    this.held.clear();
    clearInterval(this.timer);
  }

  /** Gives a lease that is held another name; it keeps its own where that is not possible. */
  async rename(lease: Lease, name: string): Promise<void> {
    await this.inTurn(async () => {
      const renamed = await this.store.rename(lease, name);
      if (renamed && this.held.has(lease.fence)) this.held.set(lease.fence, renamed);
    });
  }

  private keep(lease: Lease): void {
    this.held.set(lease.fence, lease);
    this.timer ??= setInterval(() => this.renew(), RENEW_MS).unref();
  }

  private renew(): void {
    if (this.held.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    void this.inTurn(async () => {
      const leases = [...this.held.values()];
      const kept = await this.store.renew(leases);
      for (const { fence } of leases) if (!kept.has(fence)) this.held.delete(fence);
    });
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work).catch(() => undefined);
    this.last = done;
    return done;
  }
}
