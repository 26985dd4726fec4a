import { CancellationScope } from '@temporalio/workflow';

export interface StopOptions {
  /** Everything at work in what this stops. */
  readonly scope: CancellationScope;
  /** What this is a part of: it stops when that does. */
  readonly around?: Stop;
  /** Causes that end this part alone; every other one stops what is around it too. */
  readonly endsPart?: (cause: unknown) => boolean;
}

/**
 * Ends everything a run, or a part of it, has at work, and remembers why: what is cancelled by that also fails, but is
 * not the cause.
 */
export class Stop {
  private first: { readonly cause: unknown } | null = null;
  private readonly listeners = new Set<() => void>();

  /** Call when a part has ended: the stop of what is around it is of no interest any more. */
  readonly forget: () => void;

  constructor(private readonly options: StopOptions) {
    const { around } = options;
    this.forget = around?.onStop(() => this.stop(around.causeOr(undefined))) ?? (() => {});
    if (around?.stopped) this.stop(around.causeOr(undefined));
  }

  get stopped(): boolean {
    return this.first !== null;
  }

  /** True when whoever started the run asked for its end, even if nothing has noticed yet. */
  get cancelled(): boolean {
    return this.options.scope.consideredCancelled;
  }

  because(cause: unknown): void {
    const { around, endsPart } = this.options;
    if (around && !endsPart?.(cause)) around.because(cause);
    // Where the part around has stopped for another cause, this one has stopped with it.
    this.stop(cause);
  }

  /**
   * Starts work in the scope that this cancels. What starts a node may be a node of an outer block, in a scope of its
   * own.
   */
  inScope<T>(work: () => Promise<T>): Promise<T> {
    const { scope } = this.options;
    return CancellationScope.current() === scope ? work() : scope.run(work);
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

  private stop(cause: unknown): void {
    if (this.first) return;
    this.first = { cause };
    this.options.scope.cancel();
    for (const listener of [...this.listeners]) listener();
  }
}
