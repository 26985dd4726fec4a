import { sleep, workflowInfo } from '@temporalio/workflow';

/** The server ends a run whose workflow task answers with over 4 MB; this stays far below. */
const MAX_BYTES = 1_000_000;
/** While light steps run, Updates, queries and cancellations wait: give them a chance this often, in milliseconds. */
const MAX_LIGHT_MS = 1000;
/** What a light step costs beside its own time, in milliseconds. */
const LIGHT_OVERHEAD_MS = 3;

/**
 * Limits what one workflow task carries. A short timer ends the task when the limit is reached. Everything it counts
 * comes from the history, so a replay ends tasks at the same places.
 */
export class Budget {
  private bytes = 0;
  private lightMs = 0;
  private task = -1;
  private flushing: Promise<void> | null = null;

  /** Waits until there is room for a command of so many bytes. */
  async admit(bytes: number): Promise<void> {
    this.startTask();
    while (this.bytes > 0 && this.bytes + bytes > MAX_BYTES) await this.flush();
    this.bytes += bytes;
  }

  /** Accounts for a finished light step. */
  async spent(ms: number, bytes: number): Promise<void> {
    this.startTask();
    this.lightMs += ms + LIGHT_OVERHEAD_MS;
    this.bytes += bytes;
    if (this.lightMs > MAX_LIGHT_MS || this.bytes > MAX_BYTES) await this.flush();
  }

  private startTask(): void {
    const { historyLength } = workflowInfo();
    if (historyLength === this.task) return;
    this.task = historyLength;
    this.reset();
  }

  private async flush(): Promise<void> {
    this.flushing ??= sleep(1, { summary: 'a breath between light steps' }).then(() => {
      this.flushing = null;
      this.reset();
    });
    await this.flushing;
  }

  private reset(): void {
    this.bytes = 0;
    this.lightMs = 0;
  }
}
