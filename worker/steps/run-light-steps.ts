import { type Quoted, resolveBinding, type Scope } from '../../plan/binding.js';
import type { LightBatch, LightBatchResult, LightCall, LightChain, LightOutcome } from '../../plan/protocol.js';

/** Calls one light step; the same as runs it by itself. @throws whatever the step throws. */
export type CallLight = (call: LightCall, input: Quoted) => Promise<{ readonly output: Quoted; readonly ms: number }>;

/** No step begins later than this, so that one more has time to end. In milliseconds, as the next. */
const LAST_START_MS = 300;
/** What has not ended by then has to go through the queue. Below the time limit of the whole activity. */
const LAST_END_MS = 850;
/** All outputs together travel in one command. */
const MAX_OUTPUT_BYTES = 256 * 1024;

/**
 * Runs the light steps of a batch as far as time and room allow. A step that does not work out takes those after it in its
 * chain with it: it goes through the queue, where there is time, a journal and retries. Never rejects.
 */
export async function runLightSteps(batch: LightBatch, call: CallLight): Promise<LightBatchResult> {
  const started = performance.now();
  const limits = new Limits(started);
  const outcomes = batch.chains.map((chain) => chain.map((): LightOutcome => 'unreached'));
  const work = Promise.all(batch.chains.map((chain, at) => runChain(chain, outcomes[at]!, limits, call)));
  await Promise.race([work, limits.end]);
  limits.close();
  // A step that ends after this has no say any more.
  const chains = outcomes.map((each) => [...each]);
  return { chains, ms: Math.round(performance.now() - started) };
}

async function runChain(chain: LightChain, outcomes: LightOutcome[], limits: Limits, call: CallLight): Promise<void> {
  const outputs = new Map<string, Quoted>();
  for (const [at, each] of chain.entries()) {
    if (!limits.mayStart) return;
    outcomes[at] = 'queue';
    const done = await call(each, resolveBinding(each.input, scopeOver(outputs))).catch(() => null);
    if (done === null) return;
    if (!limits.takes(done.output)) {
      outcomes[at] = 'unreached';
      return;
    }
    outputs.set(each.name, done.output);
    outcomes[at] = done;
  }
}

/** Whatever else a step reads has been put into its input. */
function scopeOver(outputs: ReadonlyMap<string, Quoted>): Scope {
  return { params: null, item: () => undefined, output: (node) => outputs.get(node) };
}

class Limits {
  readonly end: Promise<void>;
  private readonly timer: NodeJS.Timeout;
  private bytes = 0;

  constructor(private readonly started: number) {
    let over = (): void => {};
    this.end = new Promise((resolve) => {
      over = resolve;
    });
    this.timer = setTimeout(over, LAST_END_MS);
  }

  get mayStart(): boolean {
    return this.bytes < MAX_OUTPUT_BYTES && performance.now() - this.started < LAST_START_MS;
  }

  /** Whether there is room for an output; there is for the first. */
  takes(output: Quoted): boolean {
    const bytes = JSON.stringify(output).length;
    if (this.bytes > 0 && this.bytes + bytes > MAX_OUTPUT_BYTES) return false;
    this.bytes += bytes;
    return true;
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
