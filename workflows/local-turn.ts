/**
 * Lets one call at a time run beside the workflow. What ends in one workflow task one after the other, a replay hands over
 * at once; where several were under way, what the run does next would then be in another order than it was.
 */
export class LocalTurn {
  private last: Promise<unknown> = Promise.resolve();

  /** @param isSerial false for runs of engines before 3, in which calls ran side by side. */
  constructor(private readonly isSerial: () => boolean) {}

  run<T>(call: () => Promise<T>): Promise<T> {
    if (!this.isSerial()) return call();
    const result = this.last.then(call);
    this.last = result.catch(() => undefined);
    return result;
  }
}
