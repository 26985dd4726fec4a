import type { BeginResult, LightBatchResult, LightChain, LightOutcome, RunKey } from '../plan/protocol.js';
import type { Budget } from './budget.js';
import { callLightStep, callLightSteps } from './calls.js';
import { sizeOf } from './fit-table.js';
import type { LocalTurn } from './local-turn.js';

interface Waiting {
  readonly chain: LightChain;
  readonly done: (outcomes: readonly LightOutcome[]) => void;
}

const MAX_CALLS = 500;
const MAX_BYTES = 256 * 1024;
/** Items of a map go on a few microtasks after each other. */
const HOPS = 4;

/**
 * Calls light steps together. A call beside the workflow costs some milliseconds whatever it does, so what can begin at
 * the same moment shares one, and what comes meanwhile shares the next. How steps are put together depends on nothing but
 * the history.
 */
export class LightSteps {
  private readonly waiting: Waiting[] = [];
  private isAtWork = false;

  constructor(
    private readonly budget: Budget,
    private readonly turn: LocalTurn,
  ) {}

  /** Never rejects: what does not work out has to go through the queue. */
  run(chain: LightChain, pinned: BeginResult, of?: RunKey): Promise<readonly LightOutcome[]> {
    return new Promise((done) => {
      this.waiting.push({ chain, done });
      if (!this.isAtWork) void this.work(pinned, of);
    });
  }

  private async work(pinned: BeginResult, of?: RunKey): Promise<void> {
    this.isAtWork = true;
    while (this.waiting.length > 0) {
      for (let hop = 0; hop < HOPS; hop += 1) await undefined;
      const group = this.waiting.splice(0, countOfGroup(this.waiting));
      const outcomes = await this.outcomesOf(group, pinned, of).catch(() => queued(group));
      for (const [at, { done }] of group.entries()) done(outcomes[at]!);
    }
    this.isAtWork = false;
  }

  private async outcomesOf(
    group: readonly Waiting[],
    pinned: BeginResult,
    of: RunKey | undefined,
  ): Promise<readonly (readonly LightOutcome[])[]> {
    const chains = group.map(({ chain }) => chain);
    await this.budget.admit(sizeOf(chains));
    const result = await this.turn.run(() => callChains(chains, pinned, of));
    await this.budget.spent(result.ms, sizeOf(result));
    return result.chains;
  }
}

async function callChains(
  chains: readonly LightChain[],
  { plan, nominalTime, labels }: BeginResult,
  of: RunKey | undefined,
): Promise<LightBatchResult> {
  const about = { pipeline: plan.pipeline, code: plan.code, nominalTime, ...(of && { run: of }) };
  const [first, ...more] = chains.flat();
  if (more.length > 0) return callLightSteps({ ...about, chains });
  // A single step is easier to read in the history by its own name.
  const { node, name, step, input } = first!;
  const result = await callLightStep({ ...about, node, step, input }, labels?.[name]);
  return { chains: [[result]], ms: result.ms };
}

/** They could not be called together; each goes through the queue. */
function queued(group: readonly Waiting[]): readonly (readonly LightOutcome[])[] {
  return group.map(({ chain }) => chain.map(() => 'queue'));
}

/** How many of those that wait go into one call: at least one. */
function countOfGroup(waiting: readonly Waiting[]): number {
  let calls = 0;
  let bytes = 0;
  const first = waiting.findIndex(({ chain }) => {
    calls += chain.length;
    bytes += sizeOf(chain);
    return calls > MAX_CALLS || bytes > MAX_BYTES;
  });
  return first < 0 ? waiting.length : Math.max(1, first);
}
