import type { Quoted } from '../plan/binding.js';
import type { Block, PlanNode } from '../plan/plan.js';
import { visitNode } from '../plan/visit.js';
import { BlockRun } from './block-run.js';
import type { Frame } from './frame.js';
import { interpretApproval } from './interpret-approval.js';
import { interpretMap } from './interpret-map.js';
import { interpretMatch } from './interpret-match.js';
import { interpretPipeline } from './interpret-pipeline.js';
import { interpretPresent } from './interpret-present.js';
import { interpretReduce } from './interpret-reduce.js';
import { interpretReject } from './interpret-reject.js';
import { interpretSleep } from './interpret-sleep.js';
import { interpretStep } from './interpret-step.js';
import { interpretWait } from './interpret-wait.js';
import { interpretWhen } from './interpret-when.js';
import { takeAhead } from './light-ahead.js';
import { nameNode } from './name-node.js';
import type { Run } from './run.js';

/**
 * Runs a block: each node as soon as the nodes it reads are done. Gives the block's result; rejects with what stopped
 * the run, after everything at work in the block has ended.
 */
export function interpretBlock(block: Block, frame: Frame, run: Run): Promise<Quoted> {
  const start = (node: PlanNode): Promise<Quoted> => interpretNode(node, frame, run, block);
  const take = (node: PlanNode) => takeAhead(node, frame, run);
  return new Promise((resolve, reject) => {
    new BlockRun({ block, frame, stop: run.stop, take, start, resolve, reject });
  });
}

function interpretNode(node: PlanNode, frame: Frame, run: Run, block: Block): Promise<Quoted> {
  nameNode(node, frame, run);
  return visitNode(node, {
    step: (n) => interpretStep(n, frame, run, block),
    when: (n) => interpretWhen(n, frame, run),
    map: (n) => interpretMap(n, frame, run),
    match: (n) => interpretMatch(n, frame, run),
    present: (n) => interpretPresent(n, frame, run),
    reduce: (n) => interpretReduce(n, frame, run),
    pipeline: (n) => interpretPipeline(n, frame, run),
    approval: (n) => interpretApproval(n, frame, run),
    wait: (n) => interpretWait(n, frame, run),
    sleep: (n) => interpretSleep(n, frame, run),
    reject: (n) => interpretReject(n, frame, run),
  });
}
