import { describe, expect, test } from 'vitest';
import { generateProject } from '../../../bench/generate-project.mjs';
import { errorLines, makeUserProject, type TypeScriptVersion, typeCheck } from './user-project.js';

/**
 * What a step may cost the type checker, in instantiations: its schemas, its declaration and its use. About 900 of them
 * are zod's own. See docs/decisions/measurements.md.
 */
const BUDGET = 1800;

async function cost(steps: number, shape: 'chain' | 'fan', version: TypeScriptVersion): Promise<number> {
  const folder = makeUserProject();
  await generateProject(folder, { steps, shape });
  const checked = await typeCheck(folder, version);
  expect(errorLines(checked), checked.output).toEqual([]);
  expect(checked.instantiations).toBeGreaterThan(0);
  return checked.instantiations;
}

describe('the cost of type-checking', () => {
  test.each([
    ['chain', '6'],
    ['chain', '7'],
    ['fan', '6'],
    ['fan', '7'],
  ] as const)('a %s of distinct steps costs the same for each of them (TypeScript %s)', async (shape, version) => {
    const [ten, fifty, many] = [
      await cost(10, shape, version),
      await cost(50, shape, version),
      await cost(200, shape, version),
    ];
    const early = (fifty - ten) / 40;
    const late = (many - fifty) / 150;
    expect(late).toBeLessThan(BUDGET);
    expect(late / early).toBeLessThan(1.15);
    expect(late / early).toBeGreaterThan(0.85);
  });

  test('TypeScript 5.9 checks a chain of 200 as well', async () => {
    expect(await cost(200, 'chain', '5.9')).toBeLessThan(BUDGET * 200 + 200_000);
  });
});
