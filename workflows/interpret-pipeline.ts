import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { PipelineNode } from '../plan/plan.js';
import type { CheckInput } from '../plan/protocol.js';
import { endIfStopped } from './budget.js';
import { callQuickCheck } from './calls.js';
import { sizeOf } from './fit-table.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { tryUntilDone } from './try-until-done.js';

/** Runs another pipeline's nodes, which see its params alone. */
export async function interpretPipeline(node: PipelineNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  run.state.started(id);
  const { code } = run.pinned.plan;
  const input = { code, schema: `pipeline/${node.pipeline}`, value: resolveBinding(node.params, frame) };
  const params = await tryUntilDone(id, run, () => check(input, run));
  const result = await run.interpret(node.body, frame.withItem(node.id, params), run);
  run.state.finished(id);
  return result;
}

async function check(input: CheckInput, { state: { budget, localTurn } }: Run): Promise<Quoted> {
  const bytes = sizeOf(input);
  await budget.admit(bytes);
  const value = await callQuickCheck(input, localTurn);
  await budget.spent(0, bytes);
  endIfStopped();
  return value;
}
