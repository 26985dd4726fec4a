import type { NodeState, NodeStatus } from '../plan/protocol.js';
import { renderWaits } from './render-waits.js';

/** The UI carries details in a URL and fails beyond about 6 KB: this much for the rows, the rest for what is above. */
const MAX_BYTES = 4000;
const MAX_ROWS = 60;

const MARKS: Readonly<Record<NodeState, string>> = {
  running: '▶',
  waiting: '⏳',
  done: '✓',
  held: '⏸',
  skipped: '–',
  failed: '✗',
  cancelled: '⨯',
};

export interface DetailsOptions {
  readonly pipeline: string;
  /** Documentation of the pipeline. */
  readonly doc: string;
  readonly table: readonly NodeStatus[];
  /** What people call a node, by its id in the run. Default: nothing. */
  readonly labelOf?: (node: string) => string | undefined;
}

/** The Markdown that the Temporal UI shows for a run: what it is for, what is held, then the table of nodes. */
export function renderDetails({ pipeline, doc, table, labelOf = () => undefined }: DetailsOptions): string {
  const waits = renderWaits(table);
  const rows = pickRows(table).map((row) => renderRow(row, labelOf(row.node)));
  while (rows.join('\n').length > MAX_BYTES - waits.join('\n').length) rows.pop();
  const hidden = table.length - rows.length;
  const more = hidden > 0 ? [`| … | and ${hidden} more | |`] : [];
  const head = [`### ${pipeline}`, ...(doc ? [clip(doc, 400), ''] : []), ...renderFaults(table), ...waits];
  return [...head, '| | node | time |', '|---|---|---|', ...rows, ...more].join('\n');
}

/** All of a small table; of a large one the nodes that are not done, and the latest. */
function pickRows(table: readonly NodeStatus[]): readonly NodeStatus[] {
  if (table.length <= MAX_ROWS) return table;
  const isOpen = (row: NodeStatus): boolean => ['held', 'failed', 'waiting', 'running'].includes(row.state);
  const open = table.filter(isOpen).slice(0, MAX_ROWS / 2);
  return [...open, ...table.filter((row) => !isOpen(row)).slice(open.length - MAX_ROWS)];
}

function renderFaults(table: readonly NodeStatus[]): readonly string[] {
  return table
    .filter((row) => row.state === 'held' && row.fault)
    .slice(0, 3)
    .map(
      ({ node, fault }) =>
        `**Held at ${node}**: ${clip(fault!.message, 400)} ${fault!.hint ?? ''} Decide with the Update \`retry\` or \`abort\`.\n`,
    );
}

function renderRow(row: NodeStatus, label: string | undefined): string {
  const name = label === undefined ? row.node : `${row.node} · ${cell(label)}`;
  return `| ${MARKS[row.state]} | ${name} | ${renderTime(row)} |`;
}

function renderTime({ ms, reused, waitsFor, state, fault }: NodeStatus): string {
  if (reused) return `reused from ${reused.run}`;
  if (waitsFor?.until) return `until ${waitsFor.until}`;
  if (state === 'failed' && fault) return cell(fault.message);
  return ms === null ? '' : renderMs(ms);
}

/** A text that stays inside of its cell. */
function cell(text: string): string {
  return clip(text.replaceAll(/\s+/g, ' ').replaceAll('|', '/'), 100);
}

function renderMs(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
