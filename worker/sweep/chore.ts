/** What a worker does now and then, beside its runs. It may be done twice, and may be interrupted anywhere. */
export interface Chore {
  readonly name: string;
  /** Pause between two times, in milliseconds. */
  readonly everyMs: number;
  /** True: one worker at a time does it for all. False: each does it for its own machine. */
  readonly shared: boolean;
  readonly run: () => Promise<void>;
}
