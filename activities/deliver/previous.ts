import { z } from 'zod';
import { misuse } from '../../dsl/misuse.js';
import { bindingOf, type Ref } from '../../dsl/ref.js';
import { type NodeOptions, step } from '../../dsl/step.js';
import { currentTracer } from '../../dsl/trace.js';
import { isRef, plainValueAt, type RefBinding } from '../../plan/binding.js';

const readPrevious = step(
  'previous',
  {
    input: z.object({ node: z.string(), path: z.array(z.union([z.string(), z.number()])) }),
    output: z.json(),
  },
  async ({ node, path }, ctx) => {
    const found = await ctx.previous(node);
    // zod's type of JSON has mutable lists; nobody changes this one.
    return (found === null ? null : plainValueAt(found.output, path)) as z.core.util.JSONType;
  },
);

/**
 * What a step of this pipeline put out in the latest earlier run, by the time the runs are for; `null` when no earlier
 * run has finished that step, or when its output had no such part.
 *
 * @param ref the output of a step, or a part of it. It draws no edge: this run's own value is not waited for.
 * @example
 * const past = validate({ data: rows, drift: { against: previous(rows) } });
 * @throws PawlError `InvalidPlan` for a ref whose earlier values are not kept: params, control nodes, light steps, and
 *   what is inside a `map`.
 */
export function previous<T>(ref: Ref<T>, options?: NodeOptions): Ref<T | null> {
  const { $ref: node, path } = keptOutput(ref);
  // The schema can only say JSON; what the node put out has the type of its ref.
  return readPrevious({ node, path: [...path] }, options) as unknown as Ref<T | null>;
}

function keptOutput(ref: unknown): RefBinding {
  const binding = bindingOf(ref);
  if (binding === undefined || !isRef(binding)) {
    throw misuse(
      'previous takes the output of a step, or a part of it',
      'Pass what a step returned, not a param or a value.',
    );
  }
  const { node, inItems } = currentTracer('previous').findStep(binding.$ref);
  if (inItems)
    throw misuse(
      `previous cannot look into what is around "${binding.$ref}"`,
      'Use it on a step outside of map and reduce.',
    );
  if (!node) {
    throw misuse(`previous cannot read "${binding.$ref}", which is not a step`, 'Pass the output of a step.');
  }
  if (node.options.light) {
    throw misuse(`previous cannot read the light step "${node.id}": its outputs are not kept`, 'Remove `light: true`.');
  }
  // The next run reads it, if nothing in this one does.
  currentTracer('previous').kept.add(node.id);
  return binding;
}
