import { canonicalJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Misuse } from '../misuse.js';
import type { Trace } from '../trace.js';
import { CompileStop, DiagnosticCode, type Finding, type Place } from './diagnostic.js';
import { errorText, hintOf, type Loaded } from './load.js';

/**
 * Runs the pipeline function, twice: a graph that depends on the clock or on chance would be another one next time.
 * Mistakes that need not end the tracing are added to `findings`.
 * @throws CompileStop when the function throws or draws two different graphs.
 */
export function tracePipeline(loaded: Loaded, start: Place, findings: Finding[]): Trace {
  const traced = traceOnce(loaded, start, true, (mistake) => findings.push(findingOf(mistake, loaded, start)));
  const again = traceOnce(loaded, start, false, () => {});
  if (graphText(traced) !== graphText(again)) throw unstableGraph(start);
  return traced;
}

function traceOnce(loaded: Loaded, start: Place, sites: boolean, onMisuse: (mistake: Misuse) => void): Trace {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST_STACK;
  try {
    return loaded.pipeline.trace({ sites, onMisuse });
  } catch (error) {
    throw new CompileStop([findingOf(error, loaded, start)]);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The author's own frame is under those of Pawl, of which an input deep in lists and objects takes many. */
const DEEPEST_STACK = 100;

function findingOf(error: unknown, { findPlace }: Loaded, start: Place): Finding {
  const place = (error instanceof Error && findPlace(error.stack ?? '')) || start;
  const hint = hintOf(error) ?? 'The pipeline function runs once, when it is compiled; it must do so without an error.';
  return { code: codeOf(error), message: errorText(error), hint, place };
}

/** A misuse knows its code. It may be of another copy of Pawl, the one that the author's project has installed. */
function codeOf(error: unknown): DiagnosticCode {
  if (!(error instanceof Error) || error.name !== 'PawlError') return DiagnosticCode.TraceFailed;
  const code = 'code' in error ? error.code : undefined;
  return ALL_CODES.find((known) => known === code) ?? DiagnosticCode.Misuse;
}

const ALL_CODES = Object.values(DiagnosticCode);

function graphText(traced: Trace): string {
  const { block, onExit } = traced;
  return canonicalJson({ block, onExit: onExit ?? null } as unknown as Json);
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
