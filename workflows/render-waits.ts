import type { NodeStatus, WaitsFor, WaitsForApproval, WaitsForEvent } from '../plan/protocol.js';
import { clip, fitting, oneLine } from './text-bytes.js';

/** How many waiting nodes are described; the others are in the table. */
const MAX_DESCRIBED = 3;

const MORE_BYTES = 50;

type WaitsForPeople = WaitsForApproval | WaitsForEvent;

/** What waits for a time or for other work needs nobody: its row in the table says enough. */
function isForPeople(waitsFor: WaitsFor): waitsFor is WaitsForPeople {
  return waitsFor.kind === 'approval' || waitsFor.kind === 'event';
}

/** What a run waits for, and how it is answered, as Markdown of so many bytes at most. */
export function renderWaits(table: readonly NodeStatus[], bytes: number): readonly string[] {
  const waiting = table.flatMap(({ node, waitsFor }) =>
    waitsFor && isForPeople(waitsFor) ? [{ node, waitsFor }] : [],
  );
  const all = waiting.slice(0, MAX_DESCRIBED).map(({ node, waitsFor }) => `${renderWait(node, waitsFor)}\n`);
  const lines = fitting(all, bytes - MORE_BYTES);
  const more = waiting.length - lines.length;
  return more > 0 ? [...lines, `…and ${more} more wait.\n`] : lines;
}

function renderWait(node: string, waitsFor: WaitsForPeople): string {
  const until = waitsFor.until === null ? '' : ` Until ${waitsFor.until}.`;
  if (waitsFor.kind === 'event') {
    const input = `{"node": ${JSON.stringify(node)}, "value": …}`;
    return `**Waits at ${oneLine(node, 200)}** for an event.${until} Send it with the Update \`send\`: \`${input}\`.${renderSchema('The value', waitsFor.schema)}`;
  }
  const { ask, shows, roles, quorum, decisions, form, escalations = [] } = waitsFor;
  const next = escalations.find(({ reached }) => !reached);
  const later = next ? ` From ${next.at}: ${clip(next.roles.join(', '), 100)}.` : '';
  const who = roles.length === 0 ? '' : ` By: ${clip(roles.join(', '), 200)}.${later}`;
  const count = quorum === 1 ? '' : ` ${decisions.length} of ${quorum} have approved.`;
  const fields = [`"node": ${JSON.stringify(node)}`, '"approved": true', '"by": "you"'];
  if (roles.length > 0) fields.push(`"role": ${JSON.stringify(roles[0])}`);
  if (form !== null) fields.push('"value": …');
  return (
    `**Waits at ${oneLine(node, 200)}**: ${clip(ask, 250)}${shows ? ` \`${clip(shows.replaceAll('`', "'"), 200)}\`` : ''}${who}${count}${until} ` +
    `Decide with the Update \`approve\`: \`{${fields.join(', ')}}\`.${form === null ? '' : renderSchema('The value', form)}`
  );
}

function renderSchema(what: string, schema: unknown): string {
  return ` ${what} fits \`${clip(JSON.stringify(schema).replaceAll('`', "'"), 200)}\`.`;
}
