import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, StepNode } from '../../plan/plan.js';
import { Frame } from '../../workflows/frame.js';
import { lightChain } from '../../workflows/light-chain.js';

const digest = `sha256:${'0'.repeat(64)}` as const;
const node = (id: string, reads: readonly string[], light = true): StepNode => ({
  kind: 'step',
  id,
  step: 's',
  fingerprint: digest,
  input: reads.map((name) => ({ $ref: name, path: [] })),
  options: { light, queue: 'default', timeoutMs: 1, heartbeatMs: 1, retry: { attempts: 1, backoffMs: 1, factor: 1 } },
});
const namesOf = (id: string, nodes: readonly StepNode[], there: Readonly<Record<string, string>> = {}): string[] => {
  const block: Block = { nodes, result: null };
  const frame = new Frame(null);
  for (const [name, value] of Object.entries(there)) frame.put(name, value);
  return lightChain(block.nodes.find((each) => each.id === id) as StepNode, frame, block).map(({ name }) => name);
};

describe('a chain of light steps', () => {
  test('goes on through all that reads nothing else', () => {
    expect(namesOf('a', [node('a', []), node('b', ['a']), node('c', ['a', 'b']), node('d', ['c'])])).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  test('ends at a step that is not light, and at what waits for one', () => {
    const nodes = [
      node('a', []),
      node('far', ['a'], false),
      node('b', ['far']),
      node('c', ['a']),
      node('d', ['b', 'c']),
    ];
    expect(namesOf('a', nodes)).toEqual(['a', 'c']);
    expect(namesOf('a', nodes, { far: 'x' })).toEqual(['a', 'c']);
    expect(namesOf('a', nodes, { far: 'x', b: 'y' })).toEqual(['a', 'c', 'd']);
  });

  test('waits for what a node must come after', () => {
    expect(namesOf('a', [node('a', []), { ...node('b', ['a']), after: ['x'] }])).toEqual(['a']);
  });

  test('has values that are there already in its inputs, and refs to its own steps', () => {
    const nodes = [node('a', ['x']), node('b', ['a', 'x'])];
    const frame = new Frame(null);
    frame.put('x', { $lit: { $ref: 'no ref' } });
    const calls = lightChain(nodes[0]!, frame, { nodes, result: null });
    expect(calls.map(({ input }) => input)).toEqual([
      [{ $lit: { $ref: 'no ref' } }],
      [{ $ref: 'a', path: [] }, { $lit: { $ref: 'no ref' } }],
    ]);
  });

  test('leaves out what is too large', () => {
    const nodes = [node('a', []), node('b', ['a', 'x']), node('c', ['a']), node('d', ['b'])];
    expect(namesOf('a', nodes, { x: 'x'.repeat(40_000) })).toEqual(['a', 'c']);
    expect(namesOf('b', nodes, { a: '', x: 'x'.repeat(40_000) })).toEqual([]);
  });

  test('is in order, has each step once, and is as long as it can be', () => {
    const dags = fc.array(fc.tuple(fc.boolean(), fc.array(fc.nat(20), { maxLength: 3 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(dags, (shape) => {
        const nodes = shape.map(([light, reads], at) =>
          node(`n${at}`, at === 0 ? [] : reads.map((read) => `n${read % at}`), light || at === 0),
        );
        const names = namesOf('n0', nodes);
        const readsOf = (each: StepNode) => (each.input as { $ref: string }[]).map(({ $ref }) => $ref);
        // Without anything there already, a step belongs to it when all it reads does, and it reads something.
        const expected = new Set(['n0']);
        for (const each of nodes) {
          const reads = readsOf(each);
          if (each.options.light && reads.length > 0 && reads.every((read) => expected.has(read)))
            expected.add(each.id);
        }
        expect(new Set(names)).toEqual(expected);
        expect(names).toHaveLength(expected.size);
        for (const [at, name] of names.entries())
          for (const read of readsOf(nodes.find(({ id }) => id === name)!))
            expect(names.indexOf(read)).toBeLessThan(at);
      }),
    );
  });
});
