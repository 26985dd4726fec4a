import { type Quoted, resolveBinding } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { Block, WhenNode } from '../plan/plan.js';
import { nodesOf } from '../plan/visit.js';
import { RunGivenUp } from './ending.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';

export async function interpretWhen(node: WhenNode, frame: Frame, run: Run): Promise<Quoted> {
  const condition = resolveBinding(node.if, frame);
  if (typeof condition !== 'boolean') throw notBoolean(frame.rename(node.id), condition);
  run.state.decided(frame.rename(node.id));
  skip(condition ? node.else : node.then, frame, run);
  return run.interpret(condition ? node.then : node.else, frame.inner());
}

function skip(block: Block, frame: Frame, run: Run): void {
  for (const node of nodesOf(block)) run.state.skipped(frame.rename(node.id));
}

function notBoolean(node: string, value: Quoted): RunGivenUp {
  const message = `the condition of "${node}" is ${JSON.stringify(value)?.slice(0, 100)}, not true or false`;
  const fault = {
    node,
    type: FailureType.InvalidValue,
    message,
    hint: 'Check the output schema of the step it comes from.',
  };
  return new RunGivenUp('failed', [fault], message);
}
