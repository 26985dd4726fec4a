import { existsSync, readFileSync } from 'node:fs';
import type { Place } from './diagnostic.js';

const BEFORE = 2;
const AFTER = 1;

/** The lines around a place with a caret under it; undefined when the file cannot be read. */
export function codeFrame(place: Place): string | undefined {
  if (!existsSync(place.file)) return undefined;
  const lines = readFileSync(place.file, 'utf8').split(/\r?\n/);
  const first = Math.max(1, place.line - BEFORE);
  const last = Math.min(lines.length, place.line + AFTER);
  const width = String(last).length;
  const framed: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = lines[number - 1] ?? '';
    const marker = number === place.line ? '>' : ' ';
    framed.push(`${marker} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === place.line) framed.push(`  ${' '.repeat(width)} | ${caretIndent(text, place.column)}^`);
  }
  return framed.join('\n');
}

// Tabs stay tabs, so that the caret stands under its column however wide they are shown.
function caretIndent(text: string, column: number): string {
  return text.slice(0, column - 1).replace(/[^\t]/g, ' ');
}
