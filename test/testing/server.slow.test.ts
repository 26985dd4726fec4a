import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { approval, pipeline, reject, sleep, step, waitFor, when, z } from '../../dsl/index.js';
import { expectNodes, expectValue, stub, type TestServer, testServer } from '../../testing/index.js';

const load = step(
  'load',
  { input: z.object({ month: z.string() }), output: z.object({ rows: z.int() }), cache: 'reuse' },
  () => ({ rows: 3 }),
);
const tell = step('tell', { input: z.object({ rows: z.int() }), output: z.string() }, ({ rows }) => `${rows} rows`);
const params = { month: '2001-01' };

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
}, 120_000);
afterAll(() => server?.stop());

describe('a run on the test server', () => {
  const slow = pipeline('slow', { params: z.object({ month: z.string() }) }, ({ month }) => {
    const loaded = load({ month });
    return tell({ rows: loaded.rows }, { after: sleep('30d', { after: loaded }) });
  });

  test('does not wait for days to pass', async () => {
    const started = Date.now();
    const run = await server.run(slow, { params });
    expectTypeOf(expectValue(run)).toEqualTypeOf<string>();
    expect(expectValue(run)).toBe('3 rows');
    expectNodes(run, { ran: ['load', 'sleep', 'tell'], reused: [], skipped: [] });
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  test('takes over what an earlier run put out, unless a stub is other code', async () => {
    const again = await server.run(slow, { params });
    expectNodes(again, { ran: ['tell'], reused: ['load'] });
    const stubbed = await server.run(slow, { params, stubs: [stub(load, { rows: 7 })] });
    expectNodes(stubbed, { ran: ['load', 'tell'], reused: [] });
    expect(expectValue(stubbed)).toBe('7 rows');
    const off = await server.run(slow, { params, reuse: 'off' });
    expectNodes(off, { reused: [] });
  });

  test('skips ways, and is rejected', async () => {
    const gated = pipeline('gated', { params: z.object({ month: z.string() }) }, ({ month }) =>
      when(
        step('good', { input: z.object({ month: z.string() }), output: z.boolean() }, () => false)({ month }),
        () => tell({ rows: 1 }),
        () => reject({ reason: 'not good' }),
      ),
    );
    const run = await server.run(gated, { params });
    expect(run).toMatchObject({ outcome: 'rejected', value: { reason: 'not good' } });
    expectNodes(run, { ran: ['good', 'when.else/reject'], skipped: ['when.then/tell'] });
  });

  test('pauses between attempts and the deadline of a held run pass at once', async () => {
    let calls = 0;
    const flaky = (failures: number) =>
      stub(tell, () => {
        calls += 1;
        if (calls <= failures) throw new Error('no power');
        return 'told';
      });
    expect(expectValue(await server.run(slow, { params, stubs: [flaky(2)] }))).toBe('told');
    const failed = await server.run(slow, { params, stubs: [flaky(99)] });
    expect(failed).toMatchObject({ outcome: 'failed', value: null, faults: [{ node: 'tell', message: 'no power' }] });
  });

  test('answers are there before the run asks', async () => {
    const asking = pipeline('asking', { params: z.object({}) }, () => {
      const labels = waitFor('labels', z.object({ file: z.string() }), { timeout: '6h' });
      const signed = approval({ ask: 'Good?', roles: ['owner'], expires: '2d', after: labels });
      return { labels, approved: signed.approved, expired: signed.expired };
    });
    const given = await server.run(asking, {
      events: { labels: { file: 'a.csv' } },
      approvals: { approval: { role: 'owner', by: 'ada' } },
    });
    expect(expectValue(given)).toEqual({ labels: { file: 'a.csv' }, approved: true, expired: false });
    expect(expectValue(await server.run(asking))).toEqual({ labels: null, approved: false, expired: true });
    await expect(server.run(asking, { approvals: { approval: { role: 'guest' } } })).rejects.toThrow('only owner may');
    await expect(server.run(asking, { events: { label: {} } })).rejects.toThrow('no such node');
  });

  test('wrong params fail it', async () => {
    // @ts-expect-error a param of another type
    const run = await server.run(slow, { params: { month: 3 } });
    expect(run).toMatchObject({ outcome: 'failed', faults: [{ type: 'InvalidParams' }] });
  });
});
