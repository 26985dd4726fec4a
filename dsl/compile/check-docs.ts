import type { z } from 'zod';
import type { PipelineParts } from '../pipeline.js';
import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';
import { defOf, innerOf } from './schema-facts.js';

/** Something that people read about in the Temporal UI, in graphs and in forms. */
export interface Documented {
  /** How the message calls it, as `the step "load"`. */
  readonly name: string;
  /** Its TSDoc; empty when there is none. */
  readonly doc: string;
  readonly place: Place;
}

/** Finds steps and pipelines without TSDoc. */
export function checkDocs(documented: readonly Documented[]): readonly Finding[] {
  return documented
    .filter(({ doc }) => doc === '')
    .map(({ name, place }) => missingDoc(name, 'Write what it does as /** … */ above its declaration.', place));
}

/** Finds params of which nothing says what they are. */
export function checkParamDocs(
  { params }: Pick<PipelineParts, 'params'>,
  paramOf: (name: string) => { readonly doc: string; readonly place: Place },
): readonly Finding[] {
  const def = defOf(params);
  if (def.type !== 'object') return [];
  return Object.entries(def.shape).flatMap(([name, schema]) => {
    const { doc, place } = paramOf(name);
    if (doc !== '' || isDescribed(schema)) return [];
    return [
      missingDoc(`the param "${name}"`, "Add .describe('…') to its schema: it is shown in forms and in help.", place),
    ];
  });
}

function isDescribed(schema: z.core.$ZodType): boolean {
  // Not from a registry: the author's zod may be another copy, which knows its own descriptions.
  const { description } = schema as z.ZodType;
  const inner = innerOf(defOf(schema));
  return (description !== undefined && description !== '') || (inner !== undefined && isDescribed(inner));
}

function missingDoc(name: string, hint: string, place: Place): Finding {
  return {
    code: DiagnosticCode.MissingDoc,
    severity: 'hint',
    message: `nothing says what ${name} is for`,
    hint,
    place,
  };
}
