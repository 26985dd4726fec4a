import { afterAll, expect, test } from 'vitest';
import { writeExamples } from './testing-examples.js';

const examples = writeExamples();
afterAll(() => examples.remove());

test('the example on the test server passes', async () => {
  const { passed, failed, output } = await examples.run(['server.test.ts']);
  expect({ passed, failed }, output).toEqual({ passed: 3, failed: 0 });
});
