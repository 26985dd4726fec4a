import type { ts } from 'ts-morph';
import { DiagnosticCode, type Finding } from '../diagnostic.js';
import { placeOf } from '../source-index.js';

type RefCode = Extract<DiagnosticCode, `ref-${string}`>;

const STEP_HINT = 'Put it into a step: there the value is known.';
const LONGEST = 40;

const USES: Readonly<Record<RefCode, { readonly use: string; readonly hint: string }>> = {
  'ref-in-condition': {
    use: 'be a condition',
    hint: 'Use when(condition, () => …, () => …) for a choice, or put the logic into a step.',
  },
  'ref-in-comparison': {
    use: 'be compared',
    hint: 'Compare in a step that returns a boolean, and give that to when.',
  },
  'ref-in-arithmetic': { use: 'be calculated with', hint: STEP_HINT },
  'ref-in-template': { use: 'stand in a text', hint: STEP_HINT },
  'ref-in-typeof': {
    use: 'be asked for its type',
    hint: 'The type is known from the schema of the step that makes the value.',
  },
  'ref-in-chain': {
    use: 'be asked whether it is there',
    hint: 'Write a plain dot: a ref is always there. For a value that a run may not have, use present or orElse.',
  },
  'ref-in-json': { use: 'be written as JSON', hint: STEP_HINT },
  'ref-in-call': { use: 'be read', hint: STEP_HINT },
  'ref-assigned': {
    use: 'be changed',
    hint: 'A ref stands for what a step puts out, which never changes: make another value in a step.',
  },
  'ref-spread': { use: 'be spread', hint: 'Name the properties: { a: value.a, b: value.b }, or take the whole value.' },
  'ref-iterated': { use: 'be looped over', hint: 'Use map(list, (item) => …).' },
  'ref-as-index': {
    use: 'be used with an index',
    hint: 'Look the value up in a step; for every item of a list, use map.',
  },
  'ref-awaited': { use: 'be awaited', hint: 'Remove await: passing the ref to a step makes that step wait.' },
  'ref-called': {
    use: 'be called',
    hint: 'A ref has no methods: do it in a step, or use map for the items of a list.',
  },
};

/** A ref where a value is needed that only a run will have. */
export function refMisuse(code: RefCode, ref: ts.Node, reader?: string): Finding {
  const { use, hint } = USES[code];
  const by = reader === undefined ? '' : ` by ${reader}`;
  const message = `\`${excerpt(ref)}\` has its value only when the pipeline runs, so it cannot ${use}${by} here`;
  return { code, message, hint, place: placeOf(ref) };
}

/** A ref before `??`, which never sees whether a run will have the value. */
export function refBeforeFallback(ref: ts.Node): Finding {
  const hint = 'Use orElse(value, fallback), or present(value, …) for work that depends on it.';
  return { ...refMisuse('ref-in-condition', ref), hint };
}

/** A default in a pattern, which is taken when the graph is drawn or never. */
export function refDefault(ref: ts.Node): Finding {
  return {
    code: DiagnosticCode.RefInCondition,
    message: `\`${excerpt(ref)}\` has its value only when the pipeline runs, so it cannot have a default here`,
    hint: 'Give the default in its schema: .default(…). Where the value may be missing, use orElse(value, fallback).',
    place: placeOf(ref),
  };
}

/** A function that draws a part of the graph and is async. */
export function asyncFunction(node: ts.Node, of: string): Finding {
  return {
    code: DiagnosticCode.AsyncPipeline,
    message: `${of} is async`,
    hint: 'It only draws the graph: remove `async`, and move what it awaits into a step.',
    place: placeOf(node),
  };
}

export type { RefCode };

function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
