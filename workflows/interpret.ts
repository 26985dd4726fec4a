import { type Binding, type Quoted, refsOf, resolveBinding } from '../plan/binding.js';
import type { Block, PlanNode } from '../plan/plan.js';
import type { BeginResult } from '../plan/protocol.js';
import { bindingsOf, visitNode } from '../plan/visit.js';
import type { Frame } from './frame.js';
import { interpretMap } from './interpret-map.js';
import { interpretReject } from './interpret-reject.js';
import { interpretStep } from './interpret-step.js';
import { interpretWhen } from './interpret-when.js';
import type { RunState } from './run-state.js';
import type { Stop } from './stop.js';

/** What every node of a run shares. */
export interface Run {
  readonly pinned: BeginResult;
  readonly state: RunState;
  readonly stop: Stop;
}

/** Runs a block: each node as soon as the nodes it reads are done. Returns the block's result. */
export async function interpretBlock(block: Block, frame: Frame, run: Run): Promise<Quoted> {
  for (const node of block.nodes) frame.expect(node.id, runWhenReady(node, frame, run));
  try {
    await Promise.all(block.nodes.map((node) => frame.done(node.id)));
    return await resolveWhenReady(block.result, frame);
  } catch (error) {
    // One node decided the run's end: stop the others, and wait until they have stopped.
    run.stop.because(error);
    await frame.settled();
    throw error;
  }
}

async function runWhenReady(node: PlanNode, frame: Frame, run: Run): Promise<Quoted> {
  for (const binding of bindingsOf(node)) await awaitRefs(binding, frame);
  return visitNode(node, {
    step: (n) => interpretStep(n, frame, run),
    when: (n) => interpretWhen(n, frame, run),
    map: (n) => interpretMap(n, frame, run),
    reject: (n) => interpretReject(n, frame, run),
  });
}

async function resolveWhenReady(binding: Binding, frame: Frame): Promise<Quoted> {
  await awaitRefs(binding, frame);
  return resolveBinding(binding, frame);
}

async function awaitRefs(binding: Binding, frame: Frame): Promise<void> {
  await Promise.all(refsOf(binding).map((ref) => frame.done(ref)));
}
