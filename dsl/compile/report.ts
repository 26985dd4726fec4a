import type { Diagnostic, Finding } from './diagnostic.js';
import { codeFrame } from './frame.js';
import { relativePath } from './project.js';
import { REASONS } from './reasons.js';

/** Makes diagnostics of findings: each once, sorted by file and place. */
export function reportFindings(root: string, findings: readonly Finding[]): readonly Diagnostic[] {
  const unique = new Map(findings.map((finding) => [identity(finding), finding]));
  return [...unique.values()].map((finding) => toDiagnostic(root, finding)).sort(compareDiagnostics);
}

function toDiagnostic(root: string, finding: Finding): Diagnostic {
  const { file, line, column } = finding.place;
  const frame = codeFrame(finding.place);
  return {
    code: finding.code,
    severity: finding.severity ?? 'error',
    message: finding.message,
    reason: REASONS[finding.code],
    file: relativePath(root, file),
    line,
    column,
    hint: finding.hint,
    ...(frame === undefined ? {} : { frame }),
    page: `docs/errors/${finding.code}.md`,
  };
}

function identity({ code, message, place }: Finding): string {
  return JSON.stringify([code, message, place.file, place.line, place.column]);
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

// Not localeCompare: the order must be the same in every locale.
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
