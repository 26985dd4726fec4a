import { createColors } from 'picocolors';
import type { Diagnostic } from './diagnostic.js';

export interface FormatOptions {
  /** Colour for a terminal. Default: false. */
  readonly color?: boolean;
}

/** Writes diagnostics for a person to read: place, message, code frame, what to do. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  const colors = createColors(options.color ?? false);
  const paint = { error: colors.red, warning: colors.yellow, hint: colors.cyan };
  const one = (diagnostic: Diagnostic): string => {
    const place = colors.bold(`${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`);
    const title = paint[diagnostic.severity](`${diagnostic.severity} ${diagnostic.code}`);
    const frame = diagnostic.frame === undefined ? [] : [colors.dim(indent(diagnostic.frame))];
    return [`${place} ${title}: ${diagnostic.message}`, ...frame, `  ${colors.green('fix:')} ${diagnostic.hint}`].join(
      '\n',
    );
  };
  return diagnostics.map(one).join('\n\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
