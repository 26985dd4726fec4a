import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../../../worker/steps/parse-input.js';

const schema = z.object({
  id: z.string(),
  note: z.string().optional(),
  inner: z.object({ size: z.number().default(3), gap: z.number().nullable() }).optional(),
  list: z.array(z.object({ a: z.number().optional() })).default([]),
});

describe('the input of a step', () => {
  test('what is absent, and so arrives as null, is left out', async () => {
    const { data } = await parseInput(schema, {
      id: 'x',
      note: null,
      inner: { size: null, gap: null },
      list: [{ a: null }],
    });
    expect(data).toEqual({ id: 'x', inner: { size: 3, gap: null }, list: [{}] });
    expect((await parseInput(schema, { id: 'x', inner: null, list: null })).data).toEqual({ id: 'x', list: [] });
  });

  test('what must be there must be there', async () => {
    const { error } = await parseInput(schema, { id: null, note: null });
    expect(z.prettifyError(error!)).toContain('expected string, received null');
    expect((await parseInput(z.string(), null)).success).toBe(false);
    expect((await parseInput(z.array(z.number()), [1, null])).success).toBe(false);
  });

  test('a value that fits is not touched', async () => {
    expect((await parseInput(z.object({ a: z.string().nullish() }), { a: null })).data).toEqual({ a: null });
  });
});
