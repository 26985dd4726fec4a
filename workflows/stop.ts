import type { CancellationScope } from '@temporalio/workflow';

/** Ends everything a run has at work, and remembers why: what is cancelled by that also fails, but is not the cause. */
export class Stop {
  private first: { readonly cause: unknown } | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly scope: CancellationScope) {}

  get stopped(): boolean {
    return this.first !== null;
  }

  because(cause: unknown): void {
    if (this.first) return;
    this.first = { cause };
    this.scope.cancel();
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls back when the run stops. @returns how to be called no more. */
  onStop(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The first cause; `otherwise` when nothing was stopped. */
  causeOr(otherwise: unknown): unknown {
    return this.first ? this.first.cause : otherwise;
  }
}
