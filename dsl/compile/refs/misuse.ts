import type { ts } from 'ts-morph';
import type { DiagnosticCode, Finding } from '../diagnostic.js';
import { placeOf } from '../source-index.js';

type RefCode = Extract<DiagnosticCode, `ref-${string}`>;

const STEP_HINT = 'Put it into a step: there the value is known.';
const LONGEST = 40;

const USES: Readonly<Record<RefCode, { readonly use: string; readonly hint: string }>> = {
  'ref-in-condition': {
    use: 'a condition',
    hint: 'Use when(condition, () => …, () => …) for a choice, or put the logic into a step.',
  },
  'ref-in-comparison': {
    use: 'a comparison',
    hint: 'Compare in a step that returns a boolean, and give that to when.',
  },
  'ref-in-arithmetic': { use: 'arithmetic', hint: STEP_HINT },
  'ref-in-template': { use: 'a text', hint: STEP_HINT },
  'ref-in-typeof': { use: 'typeof', hint: 'The type is known from the schema of the step that makes the value.' },
  'ref-in-chain': {
    use: '?.',
    hint: 'Write a plain dot: a ref is always there. A value that may be absent is for a step to handle.',
  },
  'ref-spread': { use: 'a spread', hint: 'Name the properties: { a: value.a, b: value.b }, or take the whole value.' },
  'ref-iterated': { use: 'a loop', hint: 'Use map(list, (item) => …).' },
  'ref-as-index': { use: 'an index', hint: 'Look the value up in a step; for every item of a list, use map.' },
  'ref-awaited': { use: 'await', hint: 'Remove await: passing the ref to a step makes that step wait.' },
  'ref-called': { use: 'a call', hint: 'A ref has no methods: do it in a step, or use map for the items of a list.' },
};

/** A ref where a value is needed that only a run will have. */
export function refMisuse(code: RefCode, ref: ts.Node): Finding {
  const { use, hint } = USES[code];
  const message = `\`${excerpt(ref)}\` is known only when the pipeline runs, so ${use} cannot use it here`;
  return { code, message, hint, place: placeOf(ref) };
}

export type { RefCode };

function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
