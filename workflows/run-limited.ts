import type { Run } from './run.js';

export interface RunLimitedOptions {
  readonly count: number;
  /** Most at work at a time. */
  readonly limit: number;
  readonly run: Pick<Run, 'stop'>;
  /** @param lane from 0; each does one thing at a time. */
  readonly work: (index: number, lane: number) => Promise<void>;
}

/** Ends when every lane has: what is at work in one of them has stopped before the run closes. */
export async function runLimited({ count, limit, run, work }: RunLimitedOptions): Promise<void> {
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    while (next < count && !run.stop.stopped) await work(next++, number);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, count) }, (_, number) => lane(number)));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed || run.stop.stopped) throw run.stop.causeOr(failed?.reason);
}
