import { describe, expect, test } from 'vitest';
import type { Json } from '../../plan/json.js';
import { readPlan } from '../../plan/read.js';
import { planOf, stepNode } from './sample-plan.js';

const plan = planOf([stepNode('a', { $param: ['n'] }), stepNode('b', { $ref: 'a', path: ['x', 0] })]);
const textOf = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

describe('readPlan', () => {
  test('gives back the plan', () => {
    expect(readPlan(textOf(plan))).toEqual(plan);
  });

  test('refuses a newer format before anything else', () => {
    expect(() => readPlan({ pawl: 3, whatever: true })).toThrow('format 3; this version of Pawl reads formats up to 2');
  });

  test.each<[string, unknown, string]>([
    ['text', 'plan', 'the plan is malformed'],
    ['nothing', undefined, 'the plan is malformed'],
    ['a missing part', { ...plan, block: undefined }, 'the plan at block'],
    ['an unknown key', { ...plan, extra: 1 }, 'Unrecognized key'],
    ['an unknown kind', planOf([{ kind: 'loop', id: 'x' } as never]), 'the plan at block.nodes.0.kind'],
    ['a malformed binding', planOf([stepNode('a', { x: [{ $ref: 1 } as Json] })]), 'block.nodes.0.input.x.0'],
    ['a graph that cannot run', planOf([stepNode('a', { $ref: 'b', path: [] })]), 'reads the node "b"'],
  ])('refuses %s, naming where', (_, value, message) => {
    expect(() => readPlan(value)).toThrow(message);
    expect(() => readPlan(value)).toThrow(expect.objectContaining({ type: 'InvalidPlan', retryable: false }));
  });
});
