import { createColors } from 'picocolors';
import type { Diagnostic } from './diagnostic.js';

export interface FormatOptions {
  /** Colour for a terminal. Default: false. */
  readonly color?: boolean;
}

/** Writes diagnostics for a person to read: place, message, code frame, why, what to do, and where to read more. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  const colors = createColors(options.color ?? false);
  const paint = { error: colors.red, warning: colors.yellow, hint: colors.cyan };
  const explained = new Set<string>();
  const one = (diagnostic: Diagnostic): string => {
    const { code, severity, message, reason, file, line, column, hint, frame, page } = diagnostic;
    // Said once for each code: ten refs in conditions are one lesson.
    const isFirst = explained.size < explained.add(code).size;
    const label = (name: string, text: string) => `  ${colors.green(`${name}:`)} ${text}`;
    return [
      `${colors.bold(`${file}:${line}:${column}`)} ${paint[severity](`${severity} ${code}`)}: ${message}`,
      ...(frame === undefined ? [] : [colors.dim(indent(frame))]),
      ...(isFirst ? [label('why', reason)] : []),
      label('fix', hint),
      ...(isFirst ? [label('see', page)] : []),
    ].join('\n');
  };
  return diagnostics.map(one).join('\n\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
