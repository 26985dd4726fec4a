import { refsOf, resolveKnown } from '../plan/binding.js';
import type { Block, StepNode } from '../plan/plan.js';
import type { LightCall, LightChain } from '../plan/protocol.js';
import { bindingsOf } from '../plan/visit.js';
import { sizeOf } from './fit-table.js';
import type { Frame } from './frame.js';

const MAX_CALLS = 200;
/** What is larger runs by itself. */
const MAX_CALL_BYTES = 32 * 1024;

/**
 * A light step that can begin, and the light steps of its block that can follow it at once: those that read nothing but
 * each other's outputs and what is there already. Empty when the step is too large to be called with others.
 *
 * @param isApart whether a step, by its id in the run, has to run by itself.
 */
export function lightChain(
  node: StepNode,
  frame: Frame,
  block: Block,
  isApart: (id: string) => boolean = () => false,
): LightChain {
  const readers = readersIn(block);
  const names = new Set<string>();
  const calls: LightCall[] = [];
  const add = (next: StepNode): void => {
    const call = callOf(next, frame, names);
    if (sizeOf(call.input) > MAX_CALL_BYTES) return;
    names.add(next.id);
    calls.push(call);
  };
  add(node);
  // Grows while it is walked: a node comes up again with each of the calls that it reads.
  for (const { name } of calls) {
    for (const { reader, needs } of readers.get(name) ?? []) {
      const isThere = (id: string): boolean => names.has(id) || frame.output(id) !== undefined;
      const mayFollow = !names.has(reader.id) && !isApart(frame.rename(reader.id));
      if (calls.length < MAX_CALLS && mayFollow && needs.every(isThere)) add(reader);
    }
  }
  return calls;
}

function callOf({ id, step, input }: StepNode, frame: Frame, open: ReadonlySet<string>): LightCall {
  return { node: frame.rename(id), name: id, step, input: resolveKnown(input, frame, (each) => open.has(each)) };
}

interface Reader {
  readonly reader: StepNode;
  readonly needs: readonly string[];
}

const indexes = new WeakMap<Block, ReadonlyMap<string, readonly Reader[]>>();

/** The light steps of a block, by the nodes they wait for. */
function readersIn(block: Block): ReadonlyMap<string, readonly Reader[]> {
  const known = indexes.get(block) ?? indexReaders(block);
  indexes.set(block, known);
  return known;
}

function indexReaders(block: Block): ReadonlyMap<string, readonly Reader[]> {
  const index = new Map<string, Reader[]>();
  for (const reader of block.nodes) {
    if (reader.kind !== 'step' || !reader.options.light) continue;
    const needs = [...new Set(bindingsOf(reader).flatMap(refsOf))];
    for (const id of needs) index.set(id, [...(index.get(id) ?? []), { reader, needs }]);
  }
  return index;
}
