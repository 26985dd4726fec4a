/** A line of a `.env` file that says nothing. */
export interface MalformedLine {
  /** From 1. */
  readonly line: number;
  /** Never has the value in it. */
  readonly problem: string;
}

const NOTHING = /^\s*(#.*)?$/;
const VARIABLE = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*(?:=|:\s)\s*(.*)$/;

/** The first line that a reader of `.env` files would skip without a word; null when every line says something. */
export function firstMalformedLine(text: string): MalformedLine | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (NOTHING.test(line)) continue;
    const value = VARIABLE.exec(line)?.[1];
    if (value === undefined) return { line: index + 1, problem: 'this is not NAME=VALUE' };
    const last = lastLineOf(value, lines, index);
    if (last === null) return { line: index + 1, problem: 'the quote is not closed' };
    index = last;
  }
  return null;
}

/** A quoted value may go on over lines; null when its quote never closes. */
function lastLineOf(value: string, lines: readonly string[], from: number): number | null {
  const quote = /^["'`]/.exec(value)?.[0];
  if (!quote || closes(value.slice(1), quote)) return from;
  const last = lines.findIndex((line, index) => index > from && closes(line, quote));
  return last < 0 ? null : last;
}

function closes(text: string, quote: string): boolean {
  return text.replace(/\\./g, '').includes(quote);
}
