import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';

/** What only follows from a graph that was drawn with refs as values. */
const OF_WRONG_GRAPHS: ReadonlySet<DiagnosticCode> = new Set([
  DiagnosticCode.UnusedNode,
  DiagnosticCode.Unreachable,
  DiagnosticCode.UnknownProperty,
  DiagnosticCode.UnstableGraph,
]);

/** Leaves out what an author need not hear of: it will be gone with the mistake that caused it. */
export function withoutConsequences(findings: readonly Finding[]): readonly Finding[] {
  const misread = findings.some(isOfRef);
  const impure = findings.some(({ code }) => code.startsWith('impure-'));
  const unreachable = findings.filter(({ code }) => code === DiagnosticCode.Unreachable).map(({ place }) => place);
  return findings.filter((finding) => {
    if (finding.code === DiagnosticCode.UnusedNode && unreachable.some((place) => isSame(place, finding.place)))
      return false;
    if (impure && finding.code === DiagnosticCode.UnstableGraph) return false;
    return !misread || !(OF_WRONG_GRAPHS.has(finding.code) || isMissingInput(finding));
  });
}

/**
 * Leaves out what tracing a pipeline met at a statement in which the source has a ref as a value already: there the
 * message can say more.
 */
export function withoutKnown(
  traced: readonly Finding[],
  source: readonly Finding[],
  sameStatement: (a: Place, b: Place) => boolean,
): readonly Finding[] {
  const misread = source.filter(isOfRef);
  return traced.filter((finding) => {
    if (!isOfRef(finding) && finding.code !== DiagnosticCode.TraceFailed) return true;
    return !misread.some(({ place }) => sameStatement(place, finding.place));
  });
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}

function isOfRef({ code }: Finding): boolean {
  return code.startsWith('ref-');
}

/** A calculation with a ref gives nothing that could be passed on. */
function isMissingInput({ code, message }: Finding): boolean {
  return code === DiagnosticCode.NotJson && message.startsWith('undefined');
}
