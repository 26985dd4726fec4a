import { FailureType, isPawlError } from '../plan/failure.js';
import type { Prediction, PredictionLog } from '../store/index.js';

const FLUSH_MS = 200;
const FLUSH_ROWS = 500;
const RETRY_MS = 1000;
const MOST_WAITING = 100_000;
const CLOSE_MS = 5000;

export interface PredictionBufferOptions {
  readonly log: PredictionLog['log'];
  /** Rows kept while the database is away; the oldest go first. Default: 100,000. */
  readonly mostWaiting?: number;
  /** Told of each row that the database would not take, which is a bug. Default: nothing. */
  readonly onRefused?: (prediction: Prediction, error: unknown) => void;
}

/** What the buffer has done so far, for those who watch the server. */
export interface BufferState {
  /** Rows not written yet. */
  readonly waiting: number;
  readonly written: number;
  /** Rows lost because too many were waiting. */
  readonly dropped: number;
  /** Rows that the database would not take. */
  readonly refused: number;
  /** Why the last try to write failed; null when it did not. */
  readonly error: string | null;
}

/**
 * Writes predictions in batches: every 200 ms, or at 500 rows. Answering a request never waits for it; while the
 * database is away rows are kept, and written when it is back.
 */
export class PredictionBuffer {
  private readonly waiting: Prediction[] = [];
  private readonly mostWaiting: number;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private inFlight = 0;
  private written = 0;
  private dropped = 0;
  private refused = 0;
  private error: string | null = null;
  private closed = false;

  constructor(private readonly options: PredictionBufferOptions) {
    this.mostWaiting = options.mostWaiting ?? MOST_WAITING;
  }

  add(predictions: readonly Prediction[]): void {
    for (const prediction of predictions) this.waiting.push(prediction);
    this.dropOldest();
    // After a failure the retry's timer stands: a full buffer must not hammer a database that is away.
    if (this.waiting.length >= FLUSH_ROWS && this.error === null) void this.flush();
    else this.flushLater(FLUSH_MS);
  }

  state(): BufferState {
    const { written, dropped, refused, error } = this;
    return { waiting: this.waiting.length + this.inFlight, written, dropped, refused, error };
  }

  /** Writes what is left. @returns the rows that could not be written in time. */
  async close(timeoutMs: number = CLOSE_MS): Promise<number> {
    this.closed = true;
    clearTimeout(this.timer);
    let expiry: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      expiry = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.flush().then(() => this.flush()), expired]);
    clearTimeout(expiry);
    return this.state().waiting;
  }

  private flushLater(delayMs: number): void {
    if (this.timer !== undefined || this.flushing !== undefined || this.closed) return;
    this.timer = setTimeout(() => void this.flush(), delayMs);
  }

  /** One flush at a time. Never rejects. */
  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing ??= this.writeAll().finally(() => {
      this.flushing = undefined;
      if (this.waiting.length > 0) this.flushLater(this.error === null ? FLUSH_MS : RETRY_MS);
    });
    return this.flushing;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, FLUSH_ROWS);
      this.inFlight = batch.length;
      try {
        const refused = await this.write(batch);
        this.written += batch.length - refused;
        this.refused += refused;
        this.error = null;
      } catch (error) {
        this.error = messageOf(error);
        this.putBack(batch);
        return;
      } finally {
        this.inFlight = 0;
      }
    }
  }

  /**
   * A row that the database refuses must not hold up the others: the batch is halved until it stands alone.
   * @returns how many were refused.
   */
  private async write(batch: readonly Prediction[]): Promise<number> {
    try {
      await this.options.log(batch);
      return 0;
    } catch (error) {
      if (isPawlError(error) && error.type === FailureType.StoreUnavailable) throw error;
      if (batch.length > 1) return this.writeHalves(batch);
      this.options.onRefused?.(batch[0]!, error);
      return 1;
    }
  }

  private async writeHalves(batch: readonly Prediction[]): Promise<number> {
    const middle = batch.length >> 1;
    const refused = await this.write(batch.slice(0, middle));
    return refused + (await this.write(batch.slice(middle)));
  }

  private putBack(batch: readonly Prediction[]): void {
    this.waiting.unshift(...batch);
    this.dropOldest();
  }

  private dropOldest(): void {
    const excess = this.waiting.length - this.mostWaiting;
    if (excess <= 0) return;
    this.waiting.splice(0, excess);
    this.dropped += excess;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
