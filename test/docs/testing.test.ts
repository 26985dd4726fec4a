import { afterAll, expect, test } from 'vitest';
import { writeExamples } from './testing-examples.js';

const examples = writeExamples();
afterAll(() => examples.remove());

test('the examples of how to test pass the type checker', async () => {
  expect(examples.files.map(({ file }) => file)).toContain('restock.test.ts');
  expect(await examples.check()).toBe('');
}, 60_000);

test('the examples that need no server pass', async () => {
  const names = ['step', 'restock', 'data', 'faults', 'people'].map((name) => `${name}.test.ts`);
  const { passed, failed, output } = await examples.run(names);
  expect({ passed, failed }, output).toEqual({ passed: 9, failed: 0 });
}, 60_000);
