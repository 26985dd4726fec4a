import { CancellationScope, CancelledFailure, sleep, workflowInfo } from '@temporalio/workflow';

/** The server ends a run whose workflow task answers with over 4 MB; this stays far below. */
const MAX_BYTES = 1_000_000;
/** While light steps run, Updates, queries and cancellations wait: give them a chance this often, in milliseconds. */
const MAX_LIGHT_MS = 1000;
/** What a light step costs beside its own time, in milliseconds. */
const LIGHT_OVERHEAD_MS = 3;

/**
 * Limits what one workflow task carries. A short timer ends the task when the limit is reached. Everything it counts
 * comes from the history, so a replay ends tasks at the same places. Nothing is awaited while there is room: promises are
 * dear in the sandbox (see `Frame`).
 */
export class Budget {
  private bytes = 0;
  private lightMs = 0;
  private task = -1;
  private flushing: Promise<void> | null = null;

  /** Makes room for a command of so many bytes. @returns what to wait for, or nothing. */
  admit(bytes: number): Promise<void> | undefined {
    this.startTask();
    if (this.bytes > 0 && this.bytes + bytes > MAX_BYTES) return this.flush().then(() => this.admit(bytes));
    this.bytes += bytes;
    return undefined;
  }

  /** Accounts for a finished light step. @returns what to wait for, or nothing. */
  spent(ms: number, bytes: number): Promise<void> | undefined {
    this.startTask();
    this.lightMs += ms + LIGHT_OVERHEAD_MS;
    this.bytes += bytes;
    return this.lightMs > MAX_LIGHT_MS || this.bytes > MAX_BYTES ? this.flush() : undefined;
  }

  private startTask(): void {
    const { historyLength } = workflowInfo();
    if (historyLength === this.task) return;
    this.task = historyLength;
    this.reset();
  }

  /** All of the run waits for this timer, so whoever asked for it first must not take it away when it is stopped. */
  private flush(): Promise<void> {
    this.flushing ??= new Promise((resolve) => {
      const end = (): void => {
        this.flushing = null;
        this.reset();
        resolve();
      };
      void CancellationScope.nonCancellable(() => sleep(1, { summary: 'ends a full workflow task' }).then(end));
    });
    return this.flushing;
  }

  private reset(): void {
    this.bytes = 0;
    this.lightMs = 0;
  }
}

/** Call after waiting for room, which nothing cuts short. @throws CancelledFailure for what was stopped meanwhile. */
export function endIfStopped(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('stopped between two workflow tasks');
}
