import {
  ApplicationFailure,
  CancellationScope,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Quoted } from '../../plan/binding.js';
import {
  type BeginChunkResult,
  type ChunkAnswer,
  type ChunkInput,
  type ChunkResult,
  ChunkSignal,
} from '../../plan/chunk.js';
import { FailureType } from '../../plan/failure.js';
import type { KeyedItem } from '../../plan/items.js';
import type { MapNode } from '../../plan/plan.js';
import type { BeginResult, Fault } from '../../plan/protocol.js';
import { nodeNamed } from '../../plan/prune.js';
import { callBeginChunk } from '../calls.js';
import { renderDetails } from '../details.js';
import { RunRejected } from '../ending.js';
import type { FaultPolicy } from '../fault-policy.js';
import { sizeOf } from '../fit-table.js';
import { Frame, itemId } from '../frame.js';
import { registerDesks, registerTable } from '../handlers.js';
import { interpretBlock } from '../interpret.js';
import type { Run } from '../run.js';
import { runLimited } from '../run-limited.js';
import { RunState } from '../run-state.js';
import { showDetails } from '../show-details.js';
import { Stop } from '../stop.js';
import { tryUntilDone } from '../try-until-done.js';
import { RunAsker } from './ask-run.js';
import { keepResults } from './keep-results.js';
import { runTolerantItem } from './tolerant-item.js';

const answerSignal = defineSignal<[ChunkAnswer]>(ChunkSignal.answer);

/** Runs some of the items of a map, for the run that started this workflow. */
export async function runChunk(given: ChunkInput): Promise<ChunkResult> {
  const { parent } = workflowInfo();
  if (!parent) throw onlyForRuns();
  const input = { ...given, run: given.run ?? { id: parent.workflowId, runId: parent.runId } };
  const state = new RunState();
  state.restarts = input.restarts ?? {};
  const asker = new RunAsker(input, state);
  registerTable(state);
  registerDesks(state);
  setHandler(answerSignal, (answer) => asker.receive(answer), { description: 'Used by the run this is a part of' });
  const stop = new Stop({ scope: new CancellationScope() });
  try {
    return await stop.inScope(() => runItems(input, { state, asker, stop }));
  } catch (error) {
    return resultOf(stop.causeOr(error));
  }
}

/** With the run that it is a part of. */
type Chunk = ChunkInput & Required<Pick<ChunkInput, 'run'>>;

interface ChunkParts {
  readonly state: RunState;
  readonly asker: RunAsker;
  readonly stop: Stop;
}

async function runItems(input: Chunk, parts: ChunkParts): Promise<ChunkResult> {
  const { state, asker, stop } = parts;
  const faults = askedFaults(asker, state);
  const begun = await begin(input, { state, faults });
  const pinned = pinnedBy(input, begun);
  state.pinned = pinned;
  showDetails(() => detailsOf(input, pinned, state));
  const run: Run = { pinned, state, stop, faults, interpret: interpretBlock, of: input.run };
  const node = nodeNamed(begun.plan, input.map) as MapNode;
  const frame = frameOf(input, begun);
  const results: Quoted[] = new Array(begun.items.length).fill(null);
  let failed = 0;
  const work = async (index: number): Promise<void> => {
    const result = await runItem(node, begun.items[index]!, { frame, run, asker, id: input.node });
    if (result === undefined) failed += 1;
    else results[index] = result;
  };
  await runLimited({ count: results.length, limit: input.concurrency, run, work });
  return { outcome: 'done', parts: await keepResults(results, input, run), failed };
}

function begin({ map, items, outer, pinned, node, chunk }: ChunkInput, run: Pick<Run, 'state' | 'faults'>) {
  const { planHash } = pinned;
  const beginning = () => callBeginChunk({ map, items, outer, planHash });
  return tryUntilDone(`${node}/chunk-${chunk + 1}`, run, beginning);
}

function pinnedBy({ pinned }: ChunkInput, { plan, labels, outer }: BeginChunkResult): BeginResult {
  return { ...pinned, plan, params: outer.params, ...(labels && { labels }) };
}

/** What is around the map: the values its body reads, and the names of its nodes in the run. */
function frameOf({ map, node }: ChunkInput, { outer }: BeginChunkResult): Frame {
  const rename = (id: string): string => (id.startsWith(map) ? `${node}${id.slice(map.length)}` : id);
  const frame = new Frame(outer.params, undefined, rename);
  for (const [id, value] of Object.entries(outer.outputs)) frame.put(id, value);
  return Object.entries(outer.items).reduce((inner, [id, item]) => inner.withItem(id, item), frame);
}

interface ItemParts {
  readonly frame: Frame;
  readonly run: Run;
  readonly asker: RunAsker;
  /** Id of the map in the run. */
  readonly id: string;
}

/** @returns undefined when the item failed and was borne. */
async function runItem(
  { id: map, body, minSuccess }: MapNode,
  { key, item }: KeyedItem,
  { frame, run, asker, id }: ItemParts,
): Promise<Quoted | undefined> {
  const itemFrame = frame.forItem(map, key, item);
  if (!minSuccess) return run.interpret(body, itemFrame, run);
  const result = await runTolerantItem({ block: body, frame: itemFrame, run, asker });
  if ('value' in result) return result.value;
  run.state.closeUnder(`${itemId(id, key)}/`, 'failed');
  return undefined;
}

/** The run decides, as if the fault were its own. */
function askedFaults(asker: RunAsker, state: RunState): FaultPolicy {
  return {
    hold: async (fault, step) => {
      state.held(fault, step ?? null);
      const { decision } = await asker.ask(fault, { step, mayFail: false, final: false });
      state.resumed(fault.node);
      return decision!;
    },
    refuse: (fault) => {
      state.failed(fault);
      return new ChunkRefused(fault);
    },
  };
}

/** Thrown through a chunk in which there was a fault that would come again. */
class ChunkRefused extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** Temporal refuses results over 2 MB, and a run would not end with more anyway. */
const MAX_REJECTION_BYTES = 1_000_000;

function resultOf(error: unknown): ChunkResult {
  if (error instanceof RunRejected) return rejectedWith(error.value);
  if (error instanceof ChunkRefused) return { outcome: 'failed', fault: error.fault };
  if (isCancellation(error) || error instanceof ApplicationFailure) throw error;
  // Anything but a Temporal failure would retry the workflow task for ever.
  const message = `a bug in Pawl's interpreter: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  throw ApplicationFailure.create({ type: FailureType.Internal, message, nonRetryable: true });
}

function rejectedWith(value: Quoted): ChunkResult {
  const bytes = sizeOf(value);
  if (bytes <= MAX_REJECTION_BYTES) return { outcome: 'rejected', value };
  const message = `what the run was rejected with has ${bytes} bytes; at most ${MAX_REJECTION_BYTES} fit`;
  const hint = 'Reject with references to artifacts, or a summary.';
  return { outcome: 'failed', fault: { node: 'result', type: FailureType.InvalidValue, message, hint } };
}

function detailsOf({ node, run, chunk }: Chunk, { plan }: BeginResult, state: RunState): string {
  const doc = `Part ${chunk + 1} of \`${node}\` in the run \`${run.id}\`. Decide there about what is held here.`;
  return renderDetails({
    pipeline: plan.pipeline,
    doc,
    table: state.table(),
    labelOf: (id) => state.labelOf(id),
  });
}

function onlyForRuns(): ApplicationFailure {
  const message = 'this workflow does a part of a map for a run, and cannot be started by itself';
  return ApplicationFailure.create({ type: FailureType.InvalidInput, message, nonRetryable: true });
}
