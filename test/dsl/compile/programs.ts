import fc from 'fast-check';
import { map, pipeline, reject, step, when, z } from '../../../dsl/index.js';
import type { Ref } from '../../../dsl/ref.js';
import type { Trace } from '../../../dsl/trace.js';

const work = step(
  'work',
  { input: z.json(), output: z.object({ ok: z.boolean(), list: z.array(z.string()) }) },
  () => ({
    ok: true,
    list: [],
  }),
);

type Work = ReturnType<typeof work>;

/** One statement of a random program; `reads` are positions among the values made so far. */
export type Statement =
  | { readonly kind: 'step'; readonly reads: readonly number[] }
  | { readonly kind: 'when'; readonly reads: readonly number[]; readonly then: Program; readonly otherwise: Program }
  | { readonly kind: 'map'; readonly reads: readonly number[]; readonly body: Program }
  | { readonly kind: 'reject'; readonly reads: readonly number[] };

export type Program = readonly Statement[];

const reads = fc.array(fc.nat({ max: 50 }), { maxLength: 4 });

/** Random pipelines with steps, choices and maps inside each other. */
export const program: fc.Arbitrary<Program> = fc.letrec<{ program: Program; statement: Statement }>((tie) => ({
  program: fc.array(tie('statement'), { maxLength: 5 }),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('step' as const), reads }),
    fc.record({ kind: fc.constant('reject' as const), reads }),
    fc.record({ kind: fc.constant('when' as const), reads, then: tie('program'), otherwise: tie('program') }),
    fc.record({ kind: fc.constant('map' as const), reads, body: tie('program') }),
  ),
})).program;

/** Draws a random program; `nameOf` names its nodes by their number. */
export function traceProgram(statements: Program, nameOf: (number: number) => string): Trace {
  return pipeline('random', { params: z.object({ ok: z.boolean(), list: z.array(z.string()) }) }, (params) => {
    let count = 0;
    const run = (part: Program, around: readonly Ref<unknown>[]): Ref<unknown> | null => {
      const values = [...around];
      for (const statement of part) values.push(draw(statement, values));
      return values.length > around.length ? (values[values.length - 1] ?? null) : null;
    };
    const draw = (statement: Statement, values: readonly Ref<unknown>[]): Ref<unknown> => {
      const id = nameOf(count++);
      const read = statement.reads.map((position) => values[position % values.length]!);
      const source = (read[0] ?? params) as Work;
      switch (statement.kind) {
        case 'step':
          return work({ read } as never, { id });
        case 'reject':
          return reject(source, { id });
        case 'when':
          return when(
            source.ok,
            () => run(statement.then, values),
            () => run(statement.otherwise, values),
            { id },
          );
        case 'map':
          return map(source.list, (item) => run(statement.body, [...values, item]), { id });
      }
    };
    return run(statements, [params]);
  }).trace();
}
