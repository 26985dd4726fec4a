import { expect, test } from 'vitest';
import { Asks, askOf } from '../../workflows/asks.js';

const approval = (ask: string) =>
  ({ kind: 'approval', ask, shows: '', form: null, roles: ['owner'], quorum: 1, decisions: [], until: null }) as const;
const event = { kind: 'event', schema: {}, until: null } as const;

test('of more than are shown approvals are not left out for events that have waited longer', () => {
  const asks = new Asks();
  for (let item = 0; item < 60; item += 1) asks.begin(`event-${item}`, () => askOf(`event-${item}`, 0, event));
  asks.begin('release', () => askOf('release', 1, approval('Deploy it?')));
  const shown = asks.list();
  expect(shown).toHaveLength(50);
  expect(shown.slice(0, 2)).toEqual([
    {
      node: 'release',
      kind: 'approval',
      ask: 'Deploy it?',
      roles: ['owner'],
      since: '1970-01-01T00:00:00.001Z',
      until: null,
    },
    { node: 'event-0', kind: 'event', since: '1970-01-01T00:00:00.000Z', until: null },
  ]);
  asks.end('release');
  expect(asks.list()[0]!.node).toBe('event-0');
});

test('a long question is cut between characters', () => {
  const { ask } = askOf('release', 0, approval(`${'x'.repeat(299)}😀`));
  expect(ask).toBe(`${'x'.repeat(299)}…`);
});
