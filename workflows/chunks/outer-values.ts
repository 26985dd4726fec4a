import type { Quoted } from '../../plan/binding.js';
import type { Kept, OuterValues } from '../../plan/chunk.js';
import { FailureType } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { outerReadsOf } from '../../plan/outer-reads.js';
import type { MapNode } from '../../plan/plan.js';
import type { Fault } from '../../plan/protocol.js';
import { callKeep } from '../calls.js';
import { sizeOf } from '../fit-table.js';
import type { Frame } from '../frame.js';
import type { Run } from '../run.js';
import { tryUntilDone } from '../try-until-done.js';

/** Every chunk is given them: larger ones are kept once, as an artifact. In bytes. */
const INLINE_BYTES = 4000;
const MAX_BYTES = 1_000_000;

/** What the body of a map reads of what is around it, once all of it is there. */
export async function outerValues(node: MapNode, id: string, frame: Frame, run: Run): Promise<Kept> {
  const reads = outerReadsOf(node);
  await allThere(reads.refs, frame, run);
  const values: OuterValues = {
    params: reads.params ? frame.params : null,
    outputs: Object.fromEntries(reads.refs.map((ref) => [ref, frame.output(ref) ?? null])),
    items: Object.fromEntries(reads.items.map((item) => [item, frame.item(item) ?? null])),
  };
  return keepLarge(values as unknown as Json & Quoted, id, run);
}

async function keepLarge(values: Quoted, id: string, run: Run): Promise<Kept> {
  const bytes = sizeOf(values);
  if (bytes <= INLINE_BYTES) return { value: values };
  if (bytes > MAX_BYTES) throw run.faults.refuse(tooLarge(id, bytes));
  await run.state.budget.admit(bytes);
  return { kept: await tryUntilDone(id, run, () => callKeep(values, 'what the items read')) };
}

/** Waits for nodes. @throws what stopped the run meanwhile. */
function allThere(refs: readonly string[], frame: Frame, run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const { stop } = run;
    const forget = stop.onStop(() => reject(stop.causeOr(undefined)));
    let missing = 1;
    const arrived = (): void => {
      missing -= 1;
      if (missing > 0) return;
      forget();
      resolve();
    };
    for (const ref of refs) if (frame.waitFor(ref, arrived)) missing += 1;
    arrived();
  });
}

function tooLarge(node: string, bytes: number): Fault {
  const message = `what the items of map "${node}" read of the values around it has ${bytes} bytes; at most ${MAX_BYTES} fit`;
  const hint = 'Pass references to artifacts instead, or let a step return what is large.';
  return { node, type: FailureType.InvalidValue, message, hint };
}
