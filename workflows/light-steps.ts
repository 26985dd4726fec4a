import type { BeginResult, LightBatch, LightChain, LightOutcome, RunKey } from '../plan/protocol.js';
import type { Budget } from './budget.js';
import { callLightSteps } from './calls.js';
import { sizeOf } from './fit-table.js';

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
 * the same moment shares one. How chains are put together depends on nothing but the history.
 */
export class LightSteps {
  private waiting: Waiting[] = [];

  constructor(private readonly budget: Budget) {}

  /** Never rejects: what does not work out has to run by itself. */
  run(chain: LightChain, pinned: BeginResult, of?: RunKey): Promise<readonly LightOutcome[]> {
    return new Promise((done) => {
      this.waiting.push({ chain, done });
      if (this.waiting.length === 1) void this.flush(pinned, of);
    });
  }

  private async flush(pinned: BeginResult, of?: RunKey): Promise<void> {
    for (let hop = 0; hop < HOPS; hop += 1) await undefined;
    const all = this.waiting;
    this.waiting = [];
    for (const group of grouped(all)) void this.call(group, pinned, of);
  }

  private async call(group: readonly Waiting[], pinned: BeginResult, of?: RunKey): Promise<void> {
    const outcomes = await this.outcomesOf(group, pinned, of).catch(() => alone(group));
    for (const [at, { done }] of group.entries()) done(outcomes[at]!);
  }

  private async outcomesOf(
    group: readonly Waiting[],
    { plan, nominalTime }: BeginResult,
    of: RunKey | undefined,
  ): Promise<readonly (readonly LightOutcome[])[]> {
    // A single step is easier to read in the history by its own name.
    if (group.length === 1 && group[0]!.chain.length === 1) return alone(group);
    const chains = group.map(({ chain }) => chain);
    const batch: LightBatch = { pipeline: plan.pipeline, code: plan.code, nominalTime, chains, ...(of && { run: of }) };
    await this.budget.admit(sizeOf(batch));
    const result = await callLightSteps(batch);
    await this.budget.spent(result.ms, sizeOf(result));
    return result.chains;
  }
}

function alone(group: readonly Waiting[]): readonly (readonly LightOutcome[])[] {
  return group.map(({ chain }) => chain.map(() => 'alone'));
}

/** As few groups as their sizes allow. */
function grouped(all: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const groups: Waiting[][] = [];
  let calls = 0;
  let bytes = 0;
  for (const each of all) {
    const size = sizeOf(each.chain);
    if (groups.length === 0 || calls + each.chain.length > MAX_CALLS || bytes + size > MAX_BYTES) {
      groups.push([]);
      calls = 0;
      bytes = 0;
    }
    groups.at(-1)!.push(each);
    calls += each.chain.length;
    bytes += size;
  }
  return groups;
}
