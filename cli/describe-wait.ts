import type { Json } from '../plan/json.js';
import { isJsonObject } from '../plan/json.js';
import type { NodeStatus, WaitsForApproval, WaitsForEvent } from '../plan/protocol.js';

/** A node that waits for people, in words. */
export interface DescribedWait {
  readonly node: string;
  /** What it waits for. */
  readonly what: string;
  /** The command that answers it. */
  readonly command: string;
}

/** Says what a node waits for and how it is answered; null for one that waits for nobody. */
export function describeWait(run: string, { node, waitsFor }: NodeStatus): DescribedWait | null {
  if (!waitsFor || (waitsFor.kind !== 'approval' && waitsFor.kind !== 'event')) return null;
  const parts = waitsFor.kind === 'event' ? ['pawl', 'send', run, node] : ['pawl', 'approve', run, '--node', node];
  return { node, what: whatOf(waitsFor), command: [...parts, ...optionsOf(waitsFor)].map(quoted).join(' ') };
}

function whatOf(waitsFor: WaitsForApproval | WaitsForEvent): string {
  const until = waitsFor.until === null ? '' : `, until ${waitsFor.until.slice(0, 19)}Z`;
  if (waitsFor.kind === 'event') return `an event${until}`;
  const { ask, shows, roles, quorum, decisions, escalations = [] } = waitsFor;
  const next = escalations.find(({ reached }) => !reached);
  const later = next ? `, from ${next.at.slice(0, 19)}Z ${next.roles.join(' or ')}` : '';
  const who = roles.length === 0 ? '' : `, by ${roles.join(' or ')}${later}`;
  const count = quorum === 1 ? '' : `, ${decisions.length} of ${quorum} have approved`;
  return `${ask}${shows ? ` ${shows.length > 200 ? `${shows.slice(0, 200)}…` : shows}` : ''}${who}${count}${until}`;
}

function optionsOf(waitsFor: WaitsForApproval | WaitsForEvent): readonly string[] {
  if (waitsFor.kind === 'event') return ['--value', exampleOf(waitsFor.schema)];
  const role = waitsFor.roles.length > 0 ? ['--role', waitsFor.roles[0]!] : [];
  return waitsFor.form === null ? role : [...role, '--value', exampleOf(waitsFor.form)];
}

/** What a value of a JSON Schema looks like, with its required fields to be filled in. */
function exampleOf(schema: Json): string {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties ?? null)) return '…';
  const fields = Array.isArray(schema.required) ? schema.required : [];
  return `{${fields.map((field) => `${JSON.stringify(field)}:…`).join(',')}}`;
}

/** As a shell takes it. */
function quoted(part: string): string {
  return /^[\w./:=@%+-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`;
}
