import { describe, expect, test } from 'vitest';
import type { LightBatch, LightCall } from '../../../plan/protocol.js';
import { type CallLight, runLightSteps } from '../../../worker/steps/run-light-steps.js';

const call = (name: string, input: LightCall['input'] = null): LightCall => ({ node: name, name, step: 's', input });
const batch = (...chains: LightCall[][]): LightBatch => ({
  pipeline: 'p',
  code: `sha256:${'0'.repeat(64)}`,
  nominalTime: '2001-01-01T00:00:00Z',
  chains,
});
const outputsOf = async (of: LightBatch, run: CallLight) =>
  (await runLightSteps(of, run)).chains.map((chain) =>
    chain.map((each) => (typeof each === 'string' ? each : each.output)),
  );
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('light steps of a batch', () => {
  test('read the outputs of those before them in their chain', async () => {
    const chain = [
      call('a', { n: 1 }),
      call('b', { n: { $ref: 'a', path: ['n'] } }),
      call('c', { $ref: 'b', path: [] }),
    ];
    const add: CallLight = async (_, input) => ({ output: { n: (input as { n: number }).n + 1 }, ms: 0 });
    expect(await outputsOf(batch(chain, [call('x', { n: 7 })]), add)).toEqual([
      [{ n: 2 }, { n: 3 }, { n: 4 }],
      [{ n: 8 }],
    ]);
  });

  test('that fail go through the queue, and those after them wait for that; other chains go on', async () => {
    const fail: CallLight = async ({ name }) => {
      if (name === 'b') throw new Error('no');
      return { output: name, ms: 0 };
    };
    expect(await outputsOf(batch([call('a'), call('b'), call('c')], [call('d')]), fail)).toEqual([
      ['a', 'queue', 'unreached'],
      ['d'],
    ]);
  });

  test('that take too long go through the queue, and hold up no other', async () => {
    const slow: CallLight = async ({ name }) => {
      if (name === 'slow') await pause(2000);
      return { output: name, ms: 0 };
    };
    const began = performance.now();
    expect(await outputsOf(batch([call('a'), call('slow'), call('c')], [call('d')]), slow)).toEqual([
      ['a', 'queue', 'unreached'],
      ['d'],
    ]);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('begin no more when much of the time is over', async () => {
    const calls = Array.from({ length: 20 }, (_, at) => call(`${at}`));
    const outcomes = await outputsOf(batch(calls), async ({ name }) => {
      await pause(50);
      return { output: name, ms: 50 };
    });
    const reached = outcomes[0]!.filter((each) => each !== 'unreached');
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.length).toBeLessThan(10);
    expect(outcomes[0]!.slice(0, reached.length)).toEqual(reached);
  });

  test('whose outputs are too large together come later, and there is always room for one', async () => {
    const large: CallLight = async ({ name }) => ({ output: `${name}${'x'.repeat(150_000)}`, ms: 0 });
    const lengths = (outcomes: unknown[][]) => outcomes.map((chain) => chain.map((each) => String(each).length > 100));
    expect(
      lengths(await outputsOf(batch([call('a'), call('b')], [call('c')]), large))
        .flat()
        .filter(Boolean),
    ).toHaveLength(1);
    const huge: CallLight = async () => ({ output: 'x'.repeat(500_000), ms: 0 });
    expect(lengths(await outputsOf(batch([call('a'), call('b')]), huge))).toEqual([[true, false]]);
  });
});
