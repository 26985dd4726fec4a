import Table from 'cli-table3';
import pc from 'picocolors';
import type { Outcome } from '../plan/protocol.js';

/** Prints what a program reads: one JSON value. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Progress and remarks go to stderr, so that stdout holds only results. */
export function printNote(line: string): void {
  process.stderr.write(`${pc.dim(line)}\n`);
}

/** A table without frames, as other command-line tools print. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  };
  const more = {
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const table = new Table({
    head: head.map((text) => pc.bold(text)),
    chars: { ...none, ...more },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  printLine(table.toString());
}

const PAINT: Readonly<Record<string, (text: string) => string>> = {
  succeeded: pc.green,
  rejected: pc.yellow,
  held: pc.magenta,
  waiting: pc.magenta,
  failed: pc.red,
  aborted: pc.red,
  cancelled: pc.dim,
};

export function paintOutcome(outcome: string): string {
  return (PAINT[outcome] ?? ((text: string) => text))(outcome);
}

/** Exit codes that scripts can tell apart. */
export const EXIT_CODES: Readonly<Record<Outcome | 'held', number>> = {
  succeeded: 0,
  failed: 1,
  held: 2,
  rejected: 3,
  aborted: 4,
  cancelled: 5,
};
