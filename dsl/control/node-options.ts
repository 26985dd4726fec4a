import { isItem, isRef } from '../../plan/binding.js';
import { misuse } from '../misuse.js';
import { bindingOf, type Ref } from '../ref.js';
import { currentTracer, type Tracer } from '../trace.js';

/** What every node takes. */
export interface ControlOptions {
  /**
   * Id of the node: letters, digits, dashes, dots and underscores. Default: the control's or the step's name; a second
   * one in the same scope needs an id.
   */
  readonly id?: string;
  /** What people read beside the id, in the Temporal UI and in graphs. */
  readonly label?: string;
  /** Nodes that must be done first, although nothing of theirs is read: one ref, or a list. */
  readonly after?: Ref<unknown> | readonly Ref<unknown>[];
}

/** The parts of a plan node that all kinds have. */
export interface NodeHead {
  readonly id: string;
  readonly after?: readonly string[];
}

/** Reserves the id of a node and resolves what it comes after. */
export function claimNode(control: string, options: ControlOptions): { tracer: Tracer; head: NodeHead } {
  const tracer = currentTracer(control);
  const id = tracer.claimId(tracer.attempt(() => checkedId(options.id), undefined) ?? control);
  if (options.label !== undefined) tracer.labels.set(id, options.label);
  const after = tracer.attempt(() => idsAfter(options.after), []);
  return { tracer, head: after.length === 0 ? { id } : { id, after } };
}

/** Scopes and keys are written with slashes and brackets, so an id has none. */
function checkedId(id: string | undefined): string | undefined {
  // A ref may come here from JavaScript, or through a cast.
  if (id !== undefined && typeof id !== 'string') {
    const hint = 'A ref has no value yet. Inside of map and reduce, ids get the key of the item by themselves.';
    throw misuse('an id is not a text that is known when the graph is drawn', hint);
  }
  if (id === undefined || (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(id) && id.length <= 100)) return id;
  throw misuse(`"${id}" cannot be a node's id`, 'Use letters, digits, dashes, dots and underscores, at most 100.');
}

function idsAfter(after: ControlOptions['after']): readonly string[] {
  if (after === undefined) return [];
  const refs = Array.isArray(after) ? after : [after];
  const ids = refs.flatMap((ref) => {
    const binding = bindingOf(ref);
    if (binding !== undefined && isRef(binding)) return [binding.$ref];
    // Params and items are there before any node runs.
    if (binding !== undefined && ('$param' in Object(binding) || isItem(binding))) return [];
    throw misuse('`after` takes what a node returned', 'Pass refs to outputs: { after: [loaded, checked] }.');
  });
  return [...new Set(ids)];
}
