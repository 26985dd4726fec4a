import type { CancellationScope } from '@temporalio/workflow';

/** Ends everything a run has at work, and remembers why: what is cancelled by that also fails, but is not the cause. */
export class Stop {
  private first: { readonly cause: unknown } | null = null;

  constructor(private readonly scope: CancellationScope) {}

  because(cause: unknown): void {
    this.first ??= { cause };
    this.scope.cancel();
  }

  /** The first cause; `otherwise` when nothing was stopped. */
  causeOr(otherwise: unknown): unknown {
    return this.first ? this.first.cause : otherwise;
  }
}
