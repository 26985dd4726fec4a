import { canonicalJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Trace } from '../trace.js';
import { CompileStop, DiagnosticCode, type Place } from './diagnostic.js';
import { errorText, hintOf, type Loaded } from './load.js';

/**
 * Runs the pipeline function, twice: a graph that depends on the clock or on chance would be another one next time.
 * @throws CompileStop when the function throws or draws two different graphs.
 */
export function tracePipeline(loaded: Loaded, start: Place): Trace {
  const traced = traceOnce(loaded, start);
  const again = traceOnce(loaded, start);
  if (graphText(traced) !== graphText(again)) throw unstableGraph(start);
  return traced;
}

function traceOnce({ pipeline, findPlace }: Loaded, start: Place): Trace {
  try {
    return pipeline.trace({ sites: true });
  } catch (error) {
    const place = (error instanceof Error && findPlace(error.stack ?? '')) || start;
    const hint =
      hintOf(error) ?? 'The pipeline function runs once, when it is compiled; it must do so without an error.';
    throw new CompileStop([{ code: codeOf(error), message: errorText(error), hint, place }]);
  }
}

const MISUSE_CODES: readonly (readonly [RegExp, DiagnosticCode])[] = [
  [/^two nodes have the id/, DiagnosticCode.DuplicateId],
  [/^two different .* are called/, DiagnosticCode.DuplicateStep],
  [/^the pipeline function is async/, DiagnosticCode.AsyncPipeline],
  [/^arithmetic, comparison or a template string cannot/, DiagnosticCode.RefInArithmetic],
  [/^(toString|valueOf)\(\) cannot/, DiagnosticCode.RefInTemplate],
  [/^spread or iteration cannot/, DiagnosticCode.RefSpread],
  [/^iteration cannot/, DiagnosticCode.RefIterated],
];

function codeOf(error: unknown): DiagnosticCode {
  if (!(error instanceof Error) || error.name !== 'PawlError') return DiagnosticCode.TraceFailed;
  return MISUSE_CODES.find(([pattern]) => pattern.test(error.message))?.[1] ?? DiagnosticCode.Misuse;
}

function graphText(traced: Trace): string {
  return canonicalJson(traced.block as unknown as Json);
}

function unstableGraph(place: Place): CompileStop {
  return new CompileStop([
    {
      code: DiagnosticCode.UnstableGraph,
      message: 'the pipeline function drew another graph the second time',
      hint: 'Let nothing in it depend on the clock, on chance or on variables that change; put that into a step.',
      place,
    },
  ]);
}
