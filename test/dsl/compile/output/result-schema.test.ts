import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { pipelineSchemas } from '../../../../dsl/compile/output/pipeline-schemas.js';
import { printDeclarations } from '../../../../dsl/compile/output/print-type.js';
import {
  approval,
  collect,
  map,
  match,
  onExit,
  orElse,
  pipeline,
  present,
  type Ref,
  reduce,
  reject,
  secret,
  sleep,
  step,
  waitFor,
  when,
} from '../../../../dsl/index.js';

const params = z.object({ n: z.number(), word: z.string().default('none'), words: z.array(z.string()) });
type Params = z.output<typeof params>;
type A = { kind: 'a'; text: string };
type B = { kind: 'b'; count: number };

const found = step(
  'find',
  {
    input: z.json(),
    output: z.object({
      ok: z.boolean(),
      at: z.codec(z.iso.datetime(), z.date(), { decode: (iso) => new Date(iso), encode: (date) => date.toISOString() }),
      best: z.number().nullable(),
      note: z.string().optional(),
      size: z.int().default(1),
      of: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), text: z.string() }),
        z.object({ kind: z.literal('b'), count: z.int() }),
      ]),
    }),
  },
  () => {
    throw new Error('only its schemas are read');
  },
);

/** The type of the result of a pipeline, without the line breaks of the printer. */
function typeOfResult(build: (params: Ref<Params>) => unknown): string {
  const made = pipeline('p', { params }, build);
  const { result } = pipelineSchemas(made, made.trace());
  return printDeclarations('R', result)
    .replace(/^export (type R =|interface R) /, '')
    .replace(/;?\n$/, '')
    .replace(/\s+/g, ' ');
}

describe('the result of a pipeline is', () => {
  test('what a step passes on: the JSON side of codecs, defaults filled in', () => {
    expect(typeOfResult(({ n }) => found(n))).toBe(
      "{ ok: boolean; at: string; best: number | null; note?: string; size: number; of: { kind: 'a'; text: string; } | { kind: 'b'; count: number; }; }",
    );
  });

  test('a part of it, null where it may be absent', () => {
    expect(typeOfResult(({ n }) => found(n).note)).toBe('string | null');
    expect(typeOfResult(({ n }) => ({ at: found(n).at, size: found(n, { id: 'other' }).size }))).toBe(
      '{ at: string; size: number; }',
    );
  });

  test('params, with defaults filled in; literals; nothing', () => {
    expect(typeOfResult((all) => all)).toBe('{ n: number; word: string; words: string[]; }');
    expect(typeOfResult(({ word }) => ({ word, fixed: ['x', 1, true, null], '$odd key': undefined }))).toBe(
      "{ word: string; fixed: ['x', 1, true, null]; }",
    );
    expect(typeOfResult(() => ({ $lit: { a: 1 } }))).toBe('{ $lit: { a: 1; }; }');
    expect(typeOfResult(() => undefined)).toBe('null');
  });

  test('the ways of when, but for one that rejects', () => {
    expect(typeOfResult(({ n }) => when(found(n).ok, () => ({ a: n })))).toBe('{ a: number; } | null');
    expect(
      typeOfResult(({ n, word }) =>
        when(
          found(n).ok,
          () => word,
          () => reject(word),
        ),
      ),
    ).toBe('string');
    expect(typeOfResult(({ word }) => reject(word))).toBe('never');
    const nested = ({ n, word }: Ref<Params>) =>
      when(
        found(n).ok,
        () => {
          when(
            found(n, { id: 'inner' }).ok,
            () => reject(word),
            () => reject(n, { id: 'no' }),
          );
          return word;
        },
        () => n,
      );
    expect(typeOfResult(nested)).toBe('number');
  });

  test('the variants of match, each with its own type', () => {
    const matched = ({ n }: Ref<Params>) =>
      match(found(n).of, 'kind', { a: ({ text }: Ref<A>) => text, b: (way: Ref<B>) => way.count });
    expect(typeOfResult(matched)).toBe('string | number');
    const otherwise = ({ n, word }: Ref<Params>) =>
      match(found(n).of, 'kind', { a: (way: Ref<A>) => way }, { otherwise: () => reject(word) });
    expect(typeOfResult(otherwise)).toBe("{ kind: 'a'; text: string; }");
  });

  test('what present makes of a value, which is there', () => {
    expect(typeOfResult(({ n }) => present(found(n).best, (best) => best))).toBe('number | null');
    const both = ({ n, word }: Ref<Params>) =>
      present(
        found(n).best,
        (best) => ({ best }),
        () => word,
      );
    expect(typeOfResult(both)).toBe('{ best: number; } | string');
  });

  test('a list of what map makes of the items, with gaps where they are allowed', () => {
    expect(typeOfResult(({ words }) => map(words, (word) => ({ word })))).toBe('Array<{ word: string; }>');
    expect(typeOfResult(({ words }) => map(words, (word) => word, { minSuccess: '50%' }))).toBe('Array<string | null>');
    expect(typeOfResult(({ words }) => map(words, (word) => reject(word)))).toBe('never[]');
  });

  test('what reduce begins with, or what its body returns', () => {
    const add = step('add', { input: z.json(), output: z.object({ sum: z.number() }) }, () => ({ sum: 1 }));
    expect(
      typeOfResult(({ words }) => reduce<string, { sum: number } | null>(words, null, (sum, item) => add([sum, item]))),
    ).toBe('null | { sum: number; }');
    const deeper = ({ words }: Ref<Params>) =>
      reduce(words, 0 as unknown, (value, item) => collect({ value, item }) as Ref<unknown>);
    expect(typeOfResult(deeper)).toBe('0 | { value: unknown; item: string; }');
  });

  test('what a pipeline in the pipeline returns', () => {
    const inner = pipeline('inner', { params: z.object({ a: z.int().default(1) }) }, ({ a }) => ({ doubled: a }));
    expect(typeOfResult(() => inner({}))).toBe('{ doubled: number; }');
  });

  test('what people and the clock give', () => {
    expect(typeOfResult(() => approval({ ask: 'Go on?', form: z.object({ why: z.string() }) }).value)).toBe(
      '{ why: string; } | null',
    );
    expect(typeOfResult(() => approval({ ask: 'Go on?' }))).toBe(
      "{ approved: boolean; expired: boolean; escalated: boolean; decisions: Array<{ approved: boolean; by: string; role: string | null; reason: string; at: string; proof: 'claimed' | 'signed'; key?: string; grant?: string; }>; value: null; }",
    );
    expect(typeOfResult(() => waitFor('labels', z.object({ file: z.string() })).file)).toBe('string');
    expect(typeOfResult(() => waitFor('labels', z.string(), { timeout: '1h' }))).toBe('string | null');
    expect(typeOfResult(() => sleep('1h'))).toBe('null');
  });

  test('one value or the other of orElse', () => {
    expect(typeOfResult(({ n, word }) => orElse(found(n).note, word))).toBe('string');
    expect(typeOfResult(({ n }) => orElse(found(n).best, 0))).toBe('number | 0');
  });

  test('untouched by what runs on exit, and unknown where nothing is known', () => {
    expect(
      typeOfResult(({ word }) => {
        onExit((run) => found(run.outcome));
        return word;
      }),
    ).toBe('string');
    expect(typeOfResult(() => ({ password: secret('PASSWORD') }))).toBe('{ password: unknown; }');
  });

  test('recursive where its schema is', () => {
    const tree: z.ZodType = z.lazy(() => z.object({ name: z.string(), inner: z.array(tree) }));
    const grow = step('grow', { input: z.json(), output: tree }, () => ({ name: 'root', inner: [] }));
    expect(typeOfResult(({ n }) => ({ tree: grow(n) }))).toBe(
      '{ tree: RSchema0; } export interface RSchema0 { name: string; inner: RSchema0[]; }',
    );
  });
});

test('params say what may be left out, steps what they take and give', () => {
  const made = pipeline('p', { params }, ({ n }) => found(n));
  const schemas = pipelineSchemas(made, made.trace());
  expect(schemas.params).toMatchObject({ required: ['n', 'words'] });
  expect(Object.keys(schemas.steps)).toEqual(['find']);
  expect(schemas.steps.find?.output).toMatchObject({ required: ['ok', 'at', 'best', 'size', 'of'] });
});
