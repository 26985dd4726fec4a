/** What the demo prints: titles, facts, one line that is written over while something runs, a table. */
import pc from 'picocolors';

const out = process.stdout;
const PLAIN_EVERY_MS = 5000;
const INDENT = '  ';

let isLive = false;
let isOver = false;
let lastPlain = { text: '', at: 0 };

export function title(text) {
  print(`\n${pc.bold(text)}`);
}

export function fact(text) {
  print(INDENT + text);
}

export function remark(text) {
  print(INDENT + pc.dim(text));
}

/** A passed or failed check, with its reason. */
export function check(passed, text) {
  print(`${INDENT}${passed ? pc.green('✓') : pc.yellow('✗')} ${text}`);
}

/** Where something stands: on a terminal always the same line, elsewhere a line now and then. */
export function live(text) {
  if (isOver) return;
  if (out.isTTY) {
    const width = (out.columns || 80) - 1;
    out.write(`\r\x1b[2K${pc.cyan((INDENT + text).slice(0, width))}`);
    isLive = true;
  } else if (text !== lastPlain.text && Date.now() - lastPlain.at > PLAIN_EVERY_MS) {
    lastPlain = { text, at: Date.now() };
    out.write(`${INDENT}${text}\n`);
  }
}

/** From now on nothing is shown live: what is still under way only ends. */
export function stopLive() {
  endLive();
  isOver = true;
}

export function endLive() {
  if (isLive) out.write('\r\x1b[2K');
  isLive = false;
}

export function table(head, rows) {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  print(INDENT + pc.bold(line(head)));
  for (const row of rows) print(INDENT + line(row));
}

export function failure(error) {
  endLive();
  process.stderr.write(`\n${pc.red('error')} ${error.message}\n`);
  if (error.hint) process.stderr.write(`${pc.cyan('  →')} ${error.hint}\n`);
}

function print(text) {
  endLive();
  out.write(`${text}\n`);
}
