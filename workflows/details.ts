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
}

/** The Markdown that the Temporal UI shows for a run: what it is for, what is held, then the table of nodes. */
export function renderDetails({ pipeline, doc, table }: DetailsOptions): string {
  const waits = renderWaits(table);
  const rows = pickRows(table).map(renderRow);
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

function renderRow(row: NodeStatus): string {
  const time = row.ms === null ? '' : renderMs(row.ms);
  return `| ${MARKS[row.state]} | ${row.node} | ${row.reused ? `reused from ${row.reused.run}` : time} |`;
}

function renderMs(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
