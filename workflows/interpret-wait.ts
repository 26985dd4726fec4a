import type { Quoted } from '../plan/binding.js';
import type { WaitNode } from '../plan/plan.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { keepAnswer, takenAnswer } from './taken-answer.js';
import { waitForPeople } from './wait-for-people.js';

/** Waits for the event that somebody sends to the node, or for its time to be over. */
export async function interpretWait(node: WaitNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const slot = run.state.inbox.slot(id, node);
  const asked = { id, planId: node.id, about: { schema: node.schema } };
  const taken = takenAnswer(asked, run);
  if (taken) {
    slot.close('got its event in the run that this one takes over from');
    return taken.value;
  }
  await waitForPeople({
    id,
    run,
    timeoutMs: node.timeoutMs,
    describe: (until) => ({ kind: 'event', schema: node.schema, until }),
    isOver: () => slot.filled,
    close: (why) => slot.close(why),
  });
  if (slot.filled) keepAnswer(asked, slot.value, run);
  return slot.value;
}
