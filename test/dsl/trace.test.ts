import { describe, expect, test } from 'vitest';
import { map, pipeline, reject, step, when, z } from '../../dsl/index.js';

const load = step(
  'load',
  {
    input: z.object({ month: z.string() }),
    output: z.object({ rows: z.number(), good: z.boolean(), parts: z.array(z.string()) }),
  },
  ({ month }) => ({
    rows: month.length,
    good: true,
    parts: [month],
  }),
);
const count = step(
  'count',
  { input: z.object({ part: z.string() }), output: z.object({ n: z.number() }), light: true },
  ({ part }) => ({ n: part.length }),
);

describe('tracing', () => {
  test('draws nodes, bindings and scopes', () => {
    const traced = pipeline('p', { params: z.object({ month: z.string() }) }, ({ month }) => {
      const loaded = load({ month });
      const counts = map(loaded.parts, (part) => count({ part }));
      const end = when(
        loaded.good,
        () => count({ part: 'x' }),
        () => reject(loaded),
      );
      return { counts, end };
    }).trace();
    expect(traced.block.nodes.map((n) => n.id)).toEqual(['load', 'map', 'when']);
    expect(traced.block.result).toEqual({ counts: { $ref: 'map', path: [] }, end: { $ref: 'when', path: [] } });
    expect(traced.block.nodes[0]).toMatchObject({ kind: 'step', input: { month: { $param: ['month'] } } });
    expect(traced.block.nodes[1]).toMatchObject({
      body: { nodes: [{ id: 'map/count', input: { part: { $item: 'map', path: [] } } }] },
    });
    expect(traced.block.nodes[2]).toMatchObject({
      then: { nodes: [{ id: 'when.then/count' }] },
      else: { nodes: [{ id: 'when.else/reject' }] },
    });
  });

  test('a second use of a step needs an id, and the error suggests one', () => {
    const twice = pipeline('p', { params: z.object({}) }, () => {
      load({ month: 'a' });
      return load({ month: 'b' });
    });
    expect(() => twice.trace()).toThrow('two nodes have the id "load"');
  });

  test("a node's retry changes what it names and keeps the rest of the step's own", () => {
    const patient = step('patient', { input: z.object({}), output: z.object({}), retry: { attempts: 10 } }, () => ({}));
    const { block } = pipeline('p', { params: z.object({}) }, () => patient({}, { retry: { backoffMs: 50 } })).trace();
    expect(block.nodes[0]).toMatchObject({ options: { retry: { attempts: 10, backoffMs: 50, factor: 2 } } });
  });
});
