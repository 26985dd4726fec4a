import { describe, expect, test } from 'vitest';
import { checkPlan } from '../../plan/check.js';
import type { Json } from '../../plan/json.js';
import type { Block, Plan, PlanNode } from '../../plan/plan.js';
import { planOf, stepNode } from './sample-plan.js';

const ref = (id: string): Json => ({ $ref: id, path: [] });
const block = (nodes: readonly PlanNode[], result: Json = null): Block => ({ nodes, result });
const codes = (plan: Plan) => checkPlan(plan).map(({ code, node }) => `${code} ${node ?? '-'}`);

function whenNode(id: string, then: Block, condition: Json = true): PlanNode {
  return { kind: 'when', id, if: condition, then, else: block([]) };
}

function mapNode(id: string, over: Json, body: Block): PlanNode {
  return { kind: 'map', id, over, key: null, concurrency: 1, body };
}

describe('checkPlan', () => {
  test('accepts nodes that read earlier ones, also from inside of blocks', () => {
    const inner = block([stepNode('m/a', [ref('load'), { $item: 'm', path: [] }])], ref('m/a'));
    const plan = planOf([stepNode('load'), mapNode('m', ref('load'), inner), stepNode('end', ref('m'))], ref('end'));
    expect(codes(plan)).toEqual([]);
  });

  test('finds ids that are used twice, in other blocks too', () => {
    expect(codes(planOf([stepNode('a'), whenNode('w', block([stepNode('a')]))]))).toEqual(['duplicate-id a']);
  });

  test('finds nodes that are not there, and suggests one', () => {
    const [problem] = checkPlan(planOf([stepNode('load'), stepNode('b', ref('laod'))]));
    expect(problem).toMatchObject({ code: 'unknown-node', hint: 'Did you mean "load"?', node: 'b' });
  });

  test('finds steps the code does not have', () => {
    const [problem] = checkPlan(planOf([stepNode('a')]), { steps: ['lead'] });
    expect(problem).toMatchObject({ code: 'unknown-step', hint: 'Did you mean "lead"?' });
    expect(checkPlan(planOf([stepNode('a')]), { steps: ['load'] })).toEqual([]);
  });

  test('finds circles, with the way around', () => {
    const plan = planOf([stepNode('a', ref('c')), stepNode('b', ref('a')), stepNode('c', ref('b'))]);
    const circle = checkPlan(plan).find(({ code }) => code === 'cycle');
    expect(circle?.message).toBe('the nodes wait for each other: "a" → "c" → "b" → "a"');
  });

  test('finds a circle through a block', () => {
    const plan = planOf([whenNode('w', block([stepNode('w.then/a', ref('b'))])), stepNode('b', ref('w'))]);
    expect(codes(plan)).toContain('cycle w');
  });

  test('finds a block that reads its own node', () => {
    expect(codes(planOf([whenNode('w', block([stepNode('a', ref('w'))]))]))).toContain('cycle w');
  });

  test('finds nodes in the wrong order', () => {
    expect(codes(planOf([stepNode('b', ref('a')), stepNode('a')]))).toEqual(['node-order b']);
  });

  test('finds values that do not leave their block', () => {
    const plan = planOf([whenNode('w', block([stepNode('a')])), stepNode('b', ref('a'))], ref('a'));
    expect(codes(plan)).toEqual(['out-of-scope b', 'out-of-scope -']);
    expect(codes(planOf([stepNode('b', { $item: 'm', path: [] })]))).toEqual(['out-of-scope b']);
    const over = mapNode('m', { $item: 'm', path: [] }, block([]));
    expect(codes(planOf([over]))).toEqual(['out-of-scope m']);
  });

  test('refuses more than a thousand nodes', () => {
    const many = (count: number) => planOf(Array.from({ length: count }, (_, n) => stepNode(`a${n}`)));
    expect(codes(many(1000))).toEqual([]);
    expect(codes(many(1001))).toEqual(['too-many-nodes -']);
  });

  test('does not look into literals', () => {
    expect(codes(planOf([stepNode('a', { $lit: ref('nobody') })]))).toEqual([]);
  });
});
