import { describeTurn, isForTurn } from '../plan/describe-turn.js';
import type { Fault, MapProgress, NodeState, NodeStatus } from '../plan/protocol.js';
import { renderWaits } from './render-waits.js';
import { bytesOf, clip, fitting, oneLine } from './text-bytes.js';

/** The UI carries details in a URL and fails beyond about 6 KB. In bytes, as all that follow. */
const MAX_BYTES = 5800;
const MAX_WAITS_BYTES = 3000;
const MAX_FAULTS_BYTES = 1800;
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
  const about = [`### ${pipeline}`, ...(doc ? [clip(doc, 400), ''] : [])];
  const head = [
    ...about,
    ...renderFaults(table),
    ...renderWaits(table, MAX_WAITS_BYTES),
    '| | node | time |',
    '|---|---|---|',
  ];
  const all = pickRows(table).map((row) => renderRow(row, labelOf(row.node)));
  const rows = fitting(all, MAX_BYTES - bytesOf(head.join('\n')) - MORE_BYTES);
  const hidden = table.length - rows.length;
  const more = hidden > 0 ? [`| … | and ${hidden} more | |`] : [];
  return [...head, ...rows, ...more].join('\n');
}

const MORE_BYTES = 50;

/** All of a small table; of a large one the nodes that are not done, and the latest. */
function pickRows(table: readonly NodeStatus[]): readonly NodeStatus[] {
  if (table.length <= MAX_ROWS) return table;
  const isOpen = (row: NodeStatus): boolean => ['held', 'failed', 'waiting', 'running'].includes(row.state);
  const open = table.filter(isOpen).slice(0, MAX_ROWS / 2);
  return [...open, ...table.filter((row) => !isOpen(row)).slice(open.length - MAX_ROWS)];
}

function renderFaults(table: readonly NodeStatus[]): readonly string[] {
  const held = table.filter((row) => row.state === 'held' && row.fault).slice(0, 3);
  const lines = held.map(
    ({ node, fault }) =>
      `**Held at ${oneLine(node, 200)}**${untilOf(fault!)}: ${clip(fault!.message, 400)} ${clip(fault!.hint ?? '', 300)} Decide with the Update \`retry\`, \`skip\` or \`abort\`.\n`,
  );
  return fitting(lines, MAX_FAULTS_BYTES);
}

function untilOf({ held }: Fault): string {
  return held ? ` until ${held.until}, when the run fails` : '';
}

function renderRow(row: NodeStatus, label: string | undefined): string {
  const node = oneLine(row.node, 200);
  const name = label === undefined ? node : `${node} · ${oneLine(label)}`;
  return `| ${MARKS[row.state]} | ${name} | ${renderTime(row)} |`;
}

function renderTime({ ms, reused, given, waitsFor, state, fault, progress }: NodeStatus): string {
  if (progress && state === 'running') return renderProgress(progress);
  if (reused) return `reused from ${reused.run}`;
  if (given) return oneLine(`given by ${given.by}${given.reason ? `: ${given.reason}` : ''}`, 200);
  if (state === 'held' && fault?.held) return `held until ${fault.held.until}`;
  if (waitsFor && isForTurn(waitsFor)) return oneLine(describeTurn(waitsFor));
  if (waitsFor?.until) return `until ${waitsFor.until}`;
  if (state === 'failed' && fault) return oneLine(fault.message);
  return ms === null ? '' : renderMs(ms);
}

function renderProgress({ done, of, failed = 0 }: MapProgress): string {
  const share = `${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
  return failed === 0 ? share : `${share}, ${failed.toLocaleString('en')} failed`;
}

function renderMs(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
