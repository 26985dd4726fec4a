import { isJsonObject, type Json } from '../../plan/json.js';
import type { ReportedCall } from '../../workflows/report-calls.js';

/** Something that this build would ask for in another way than the history has it. */
export interface CallDifference {
  /** The node, where the call is for one; else what is called. */
  readonly node: string;
  readonly kind: ReportedCall['kind'];
  /** Where in its arguments, as a JSON pointer; empty for all of it. */
  readonly path: string;
  /** As JSON, cut where it is long; `nothing` where there is none. */
  readonly recorded: string;
  readonly now: string;
}

/**
 * Compares what a history recorded with what a replay of it asked for. Temporal itself compares types and order of
 * commands, and not what they are given.
 */
export function compareCalls(
  recorded: readonly ReportedCall[],
  reported: readonly ReportedCall[],
): readonly CallDifference[] {
  const byId = new Map(reported.map((call) => [keyOf(call), call]));
  return recorded.flatMap((call) => {
    const now = byId.get(keyOf(call));
    // A result that is not there yet is no other one, and a missing command is Temporal's to find.
    if (!now) return call.kind === 'result' ? [different(call, '', call.value, undefined)] : [];
    return differences(plain(call.value), plain(now.value))
      .filter(({ path }) => !MEASURED.test(path))
      .map(({ path, before, after }) => different(call, path, before, after));
  });
}

/** How long a node took: after a light step, a replay's clock stands where the first time's went on. */
const MEASURED = /\/nodes\/\d+\/ms$/;

const keyOf = ({ kind, id }: ReportedCall): string => `${kind} ${id}`;

/** As it travels: without what is undefined. */
const plain = (value: unknown): Json | undefined =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);

function different(call: ReportedCall, path: string, before: unknown, after: unknown): CallDifference {
  return { node: nodeOf(call), kind: call.kind, path, recorded: shown(before), now: shown(after) };
}

function nodeOf({ kind, id, name, value }: ReportedCall): string {
  const [first] = Array.isArray(value) ? value : [];
  const node = (first as { node?: unknown } | undefined)?.node;
  if (typeof node === 'string') return node;
  return kind === 'result' ? 'the result' : name || `${kind} ${id}`;
}

interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function differences(before: Json | undefined, after: Json | undefined, path = ''): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, at) => differences(before[at], after[at], `${path}/${at}`)).flat();
  }
  if (before !== undefined && after !== undefined && isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(before[key], after[key], `${path}/${escaped(key)}`));
  }
  return before === after ? [] : [{ path, before, after }];
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const LONGEST_SHOWN = 80;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

/** As `train: /0/input/epochs was 4, now 6`. */
export function describeDifference({ node, kind, path, recorded, now }: CallDifference): string {
  return `${node}: ${path || (kind === 'timer' ? 'milliseconds' : 'all of it')} was ${recorded}, now ${now}`;
}
