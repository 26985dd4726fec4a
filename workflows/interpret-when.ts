import type { Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { WhenNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { valueToDecide, whenThere } from './decide.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { takeWay } from './take-way.js';

export async function interpretWhen(node: WhenNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  return whenThere(valueToDecide(node.if, id, frame, run), (condition) => {
    if (typeof condition !== 'boolean') throw run.faults.refuse(notBoolean(id, condition));
    return takeWay(node, condition ? node.then : node.else, frame, run);
  });
}

function notBoolean(node: string, value: Quoted): Fault {
  const message = `the condition of "${node}" is ${JSON.stringify(value)?.slice(0, 100)}, not true or false`;
  return {
    node,
    type: FailureType.InvalidValue,
    message,
    hint: 'Check the output schema of the step it comes from.',
  };
}
