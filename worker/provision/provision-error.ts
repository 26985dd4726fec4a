/** A step of the set-up that failed, with what the reader can do about it. */
export class ProvisionError extends Error {
  /** What to do next, as one sentence without a final stop. */
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.name = 'ProvisionError';
    this.remedy = remedy;
  }
}
