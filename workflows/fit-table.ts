import type { Fault, NodeState, NodeStatus } from '../plan/protocol.js';
import { bytesOf, clip, fitting } from './text-bytes.js';

/** As much of the table of nodes as fits. */
export interface FittedTable {
  readonly nodes: readonly NodeStatus[];
  /** How many more nodes there are. Absent: none. */
  readonly omitted?: number;
}

/** Messages that were longer are cut where the whole is too large. */
const SHORT_TEXT_BYTES = 200;

/** What operators look for comes first. */
const ORDER: readonly NodeState[] = ['held', 'failed', 'waiting', 'running', 'cancelled', 'done', 'skipped'];

/**
 * The table of nodes within a number of bytes: all of it if it fits, else with short messages, else without those nodes
 * that matter least.
 */
export function fitTable(table: readonly NodeStatus[], bytes: number): FittedTable {
  if (sizeOf(table) <= bytes) return { nodes: table };
  const short = table.map((row) => (row.fault ? { ...row, fault: shorten(row.fault) } : row));
  if (sizeOf(short) <= bytes) return { nodes: short };
  const sorted = ORDER.flatMap((state) => short.filter((row) => row.state === state));
  const kept = fitting(
    sorted.map((row) => JSON.stringify(row)),
    bytes,
  ).length;
  return { nodes: sorted.slice(0, kept), omitted: table.length - kept };
}

/** The faults within a number of bytes, the first ones where there are too many. */
export function fitFaults(faults: readonly Fault[], bytes: number): readonly Fault[] {
  if (sizeOf(faults) <= bytes) return faults;
  const short = faults.map(shorten);
  const kept = fitting(
    short.map((fault) => JSON.stringify(fault)),
    bytes,
  ).length;
  return short.slice(0, kept);
}

function shorten(fault: Fault): Fault {
  const { message, hint } = fault;
  return { ...fault, message: clip(message, SHORT_TEXT_BYTES), hint: hint && clip(hint, SHORT_TEXT_BYTES) };
}

/** How many bytes a value has in a history. */
export function sizeOf(value: unknown): number {
  return bytesOf(JSON.stringify(value));
}
