import fc from 'fast-check';
import type { Json } from '../../plan/json.js';

const key = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 4 }) },
  fc.constantFrom('$ref', '$param', '$item', '$code', '$lit', '$spill', '$x', 'path', '__proto__', 'constructor'),
);
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ maxLength: 8 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
);

/** Any JSON value, often with keys that are reserved in bindings. */
export const jsonValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as Json),
  ),
})).value;

/** A path, which need not lead anywhere. */
export const path = fc.array(fc.oneof(key, fc.nat({ max: 4 })), { maxLength: 4 });

/** Every path that leads to a part of the value. */
export function pathsOf(value: Json): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[], ...entries.flatMap(([head, part]) => pathsOf(part).map((rest) => [head, ...rest]))];
}
