import type { Quoted } from '../plan/binding.js';
import type { Block, PlanNode, StepNode } from '../plan/plan.js';
import type { LightOutcome, StepResult } from '../plan/protocol.js';
import { endIfStopped } from './budget.js';
import type { Frame } from './frame.js';
import { lightChain } from './light-chain.js';
import { nameNode } from './name-node.js';
import type { Run } from './run.js';

/** The output of a light step that ran with one before it; undefined where there is none, or none that counts. */
export function takeAhead(node: PlanNode, frame: Frame, run: Run): { readonly output: Quoted } | undefined {
  const outcome = frame.seeAhead(node.id);
  if (outcome === undefined || outcome === 'queue' || outcome === 'unreached') return undefined;
  frame.takeAhead(node.id);
  const id = frame.rename(node.id);
  nameNode(node, frame, run);
  run.state.started(id);
  run.state.finishedAhead(id, outcome.ms);
  return outcome;
}

/**
 * The result of a light step that ran together with others. Steps that follow it run with it, before it is their turn:
 * the frame keeps their results. Null when the step has to go through the queue.
 */
export async function resultAhead(
  node: StepNode,
  frame: Frame,
  run: Run,
  block: Block,
): Promise<Omit<StepResult, 'reused'> | null> {
  for (;;) {
    const outcome = frame.takeAhead(node.id) ?? (await runChain(node, frame, run, block));
    if (outcome === 'queue') return null;
    if (outcome !== 'unreached') return outcome;
    endIfStopped();
  }
}

async function runChain(node: StepNode, frame: Frame, run: Run, block: Block): Promise<LightOutcome> {
  const chain = lightChain(node, frame, block, (id) => run.state.restarts[id] !== undefined);
  if (chain.length === 0) return 'queue';
  const [own, ...following] = await run.state.lightSteps.run(chain, run.pinned, run.of);
  for (const [at, outcome] of following.entries()) {
    if (outcome !== 'unreached') frame.putAhead(chain[at + 1]!.name, outcome);
  }
  return own!;
}
