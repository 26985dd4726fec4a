import { describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../plan/protocol.js';
import { renderDetails } from '../../workflows/details.js';

const done = (node: string): NodeStatus => ({ node, state: 'done', ms: 12, fault: null });

describe('the details of a run in the Temporal UI', () => {
  test('show what it is for, what is held, and each node', () => {
    const fault = { node: 'train', type: 'InvalidModel', message: 'the loss is NaN', hint: 'Lower the learning rate.' };
    const held: NodeStatus = { node: 'train', state: 'held', ms: null, fault };
    expect(renderDetails({ pipeline: 'delays', doc: 'Will it be late?', table: [done('ingest'), held] })).toBe(
      [
        '### delays',
        'Will it be late?',
        '',
        '**Held at train**: the loss is NaN Lower the learning rate. Decide with the Update `retry` or `abort`.',
        '',
        '| | node | time |',
        '|---|---|---|',
        '| ✓ | ingest | 12 ms |',
        '| ⏸ | train |  |',
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
});
