import { describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../plan/protocol.js';
import { renderDetails } from '../../workflows/details.js';

const done = (node: string): NodeStatus => ({ node, state: 'done', ms: 12, fault: null });

describe('the details of a run in the Temporal UI', () => {
  test('show what it is for, what is held, and each node', () => {
    const fault = {
      node: 'train',
      type: 'InvalidModel',
      message: 'the loss is NaN',
      hint: 'Lower the learning rate.',
      held: { since: '2001-03-02T06:00:00.000Z', until: '2001-03-09T06:00:00.000Z' },
    };
    const held: NodeStatus = { node: 'train', state: 'held', ms: null, fault };
    const given: NodeStatus = {
      ...done('weather'),
      given: { by: 'ann', reason: 'as last year', at: '2001-03-02T07:00:00.000Z' },
    };
    expect(renderDetails({ pipeline: 'delays', doc: 'Will it be late?', table: [done('ingest'), given, held] })).toBe(
      [
        '### delays',
        'Will it be late?',
        '',
        '**Held at train** until 2001-03-09T06:00:00.000Z, when the run fails: the loss is NaN Lower the learning rate. ' +
          'Decide with the Update `retry`, `skip` or `abort`.',
        '',
        '| | node | time |',
        '|---|---|---|',
        '| ✓ | ingest | 12 ms |',
        '| ✓ | weather | given by ann: as last year |',
        '| ⏸ | train | held until 2001-03-09T06:00:00.000Z |',
      ].join('\n'),
    );
  });

  test('stay below 6 KB for a thousand nodes, and show those that are at work', () => {
    const many = Array.from({ length: 1000 }, (_, i) => done(`node-with-a-rather-long-name-${i}`));
    const running: NodeStatus = { node: 'the-one-at-work', state: 'running', ms: null, fault: null };
    const text = renderDetails({
      pipeline: 'wide',
      doc: 'x'.repeat(5000),
      table: [...many.slice(0, 500), running, ...many.slice(500)],
    });
    expect(Buffer.byteLength(text)).toBeLessThan(6000);
    expect(text).toContain('the-one-at-work');
    expect(text).toContain('more');
  });

  test('say what is waited for, and stay below 6 KB when much is', () => {
    const approval: NodeStatus = {
      node: 'map[a]/sign',
      state: 'waiting',
      ms: null,
      fault: null,
      waitsFor: {
        kind: 'approval',
        ask: 'Take this one?',
        shows: '{"name":"a"}',
        form: { type: 'object', properties: { level: { type: 'integer' } } },
        roles: ['owner'],
        quorum: 2,
        decisions: [],
        until: '2027-01-01T00:00:00.000Z',
      },
    };
    expect(renderDetails({ pipeline: 'p', doc: '', table: [approval] })).toContain(
      '**Waits at map[a]/sign**: Take this one? `{"name":"a"}` By: owner. 0 of 2 have approved. ' +
        'Until 2027-01-01T00:00:00.000Z. Decide with the Update `approve`: ' +
        '`{"node": "map[a]/sign", "approved": true, "by": "you", "role": "owner", "value": …}`. ' +
        'The value fits `{"type":"object","properties":{"level":{"type":"integer"}}}`.',
    );
    const long = { ...approval.waitsFor, ask: 'x'.repeat(5000), shows: 'y'.repeat(1000) } as NodeStatus['waitsFor'];
    const table = Array.from({ length: 300 }, (_, i) => ({ ...approval, node: `map[${i}]/sign`, waitsFor: long }));
    const text = renderDetails({ pipeline: 'p', doc: 'x'.repeat(5000), table });
    expect(Buffer.byteLength(text)).toBeLessThan(6000);
    expect(text).toContain('…and 297 more wait.');
  });

  test('stay below 6 KB whatever people are asked and nodes are called', () => {
    const node = (i: number): string => `map[${'é"|\n'.repeat(50)}${i}]/inner[${'鳥'.repeat(200)}]/sign`;
    const waitsFor: NodeStatus['waitsFor'] = {
      kind: 'approval',
      ask: '鳥'.repeat(5000),
      shows: '鳥'.repeat(1000),
      form: { type: 'object', description: '鳥'.repeat(1000) },
      roles: Array.from({ length: 50 }, (_, i) => `a-role-with-a-long-name-${i}`),
      quorum: 2,
      decisions: [],
      until: '2027-01-01T00:00:00.000Z',
    };
    const fault = { node: 'train', type: 'InvalidModel', message: '鳥'.repeat(5000), hint: '鳥'.repeat(5000) };
    const table = Array.from({ length: 300 }, (_, i): NodeStatus[] => [
      { node: node(i), state: 'waiting', ms: null, fault: null, waitsFor },
      { node: `held-${node(i)}`, state: 'held', ms: null, fault },
    ]).flat();
    const text = renderDetails({ pipeline: 'p', doc: '鳥'.repeat(5000), table, labelOf: () => '鳥'.repeat(500) });
    expect(Buffer.byteLength(text)).toBeLessThan(6000);
    expect(text).toContain('Held at');
    expect(text).toContain('Waits at');
    expect(text.split('\n').slice(-3).join('\n')).toMatch(/more \| \|$/);
  });

  test('show what nodes are called, what they sleep until and why they failed, inside of their cells', () => {
    const nap: NodeStatus = {
      node: 'nap',
      state: 'waiting',
      ms: null,
      fault: null,
      waitsFor: { kind: 'time', until: '2027-01-31T06:00:00.000Z' },
    };
    const fault = { node: 'map[b]/try', type: 'StepFailed', message: 'no\nluck | at all', hint: null };
    const failed: NodeStatus = { node: 'map[b]/try', state: 'failed', ms: 5, fault };
    const labelOf = (node: string) => (node === 'nap' ? 'a | nap' : undefined);
    const text = renderDetails({ pipeline: 'delays', doc: '', table: [nap, failed], labelOf });
    expect(text.split('\n').slice(-2)).toEqual([
      '| ⏳ | nap · a / nap | until 2027-01-31T06:00:00.000Z |',
      '| ✗ | map[b]/try | no luck / at all |',
    ]);
    expect(text).not.toContain('**Waits');
  });
});
