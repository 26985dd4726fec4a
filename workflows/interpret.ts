import type { Quoted } from '../plan/binding.js';
import type { Block, PlanNode } from '../plan/plan.js';
import { visitNode } from '../plan/visit.js';
import { BlockRun } from './block-run.js';
import type { Frame } from './frame.js';
import { interpretApproval } from './interpret-approval.js';
import { interpretMap } from './interpret-map.js';
import { interpretReject } from './interpret-reject.js';
import { interpretStep } from './interpret-step.js';
import { interpretWait } from './interpret-wait.js';
import { interpretWhen } from './interpret-when.js';
import type { Run } from './run.js';

/**
 * Runs a block: each node as soon as the nodes it reads are done. Gives the block's result; rejects with what stopped
 * the run, after everything at work in the block has ended.
 */
export function interpretBlock(block: Block, frame: Frame, run: Run): Promise<Quoted> {
  const start = (node: PlanNode): Promise<Quoted> => interpretNode(node, frame, run);
  return new Promise((resolve, reject) => {
    new BlockRun({ block, frame, stop: run.stop, start, resolve, reject });
  });
}

function interpretNode(node: PlanNode, frame: Frame, run: Run): Promise<Quoted> {
  return visitNode(node, {
    step: (n) => interpretStep(n, frame, run),
    when: (n) => interpretWhen(n, frame, run),
    map: (n) => interpretMap(n, frame, run),
    match: unsupported,
    present: unsupported,
    reduce: unsupported,
    pipeline: unsupported,
    approval: (n) => interpretApproval(n, frame, run),
    wait: (n) => interpretWait(n, frame, run),
    sleep: unsupported,
    reject: (n) => interpretReject(n, frame, run),
  });
}

/** Until the interpreter knows all kinds. */
function unsupported(node: PlanNode): never {
  throw new Error(`the interpreter does not run ${node.kind} yet`);
}
