import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  approval,
  map,
  match,
  onExit,
  orElse,
  pipeline,
  present,
  reduce,
  reject,
  secret,
  secretText,
  sleep,
  step,
  waitFor,
  when,
  z,
} from '../../../dsl/index.js';
import { FailureType, PawlError } from '../../../plan/failure.js';
import { stub, type TestRun, testRun } from '../../../testing/index.js';
import { seedOf } from '../../../worker/steps/seed-of.js';

const load = step(
  'load',
  {
    input: z.object({ month: z.string(), scale: z.number().default(1) }),
    output: z.object({ amounts: z.array(z.number()) }),
  },
  ({ month, scale }) => ({ amounts: [1, 2, 3].map((amount) => amount * scale * Number(month.slice(-2))) }),
);
const total = step(
  'total',
  {
    input: z.object({ amounts: z.array(z.number()) }),
    output: z.object({ sum: z.number(), large: z.boolean() }),
    light: true,
  },
  ({ amounts }) => {
    const sum = amounts.reduce((all, amount) => all + amount, 0);
    return { sum, large: sum > 20 };
  },
);
const note = step('note', { input: z.object({ text: z.string() }), output: z.string() }, ({ text }) => text);
const sales = pipeline('sales', { params: z.object({ month: z.string() }) }, ({ month }) => {
  const { sum, large } = total({ amounts: load({ month }).amounts });
  const words = when(
    large,
    () => note({ text: 'large' }),
    () => note({ text: 'small' }),
  );
  return { sum, words };
});

const statesOf = (run: TestRun) => Object.fromEntries(run.nodes.map(({ node, state }) => [node, state]));

describe('a run in process', () => {
  test('runs the steps and takes the ways that a run would', async () => {
    const run = await testRun(sales, { params: { month: '2001-02' } });
    expect(run).toMatchObject({ outcome: 'succeeded', value: { sum: 12, words: 'small' }, faults: [] });
    expect(statesOf(run)).toEqual({
      load: 'done',
      total: 'done',
      when: 'done',
      'when.then/note': 'skipped',
      'when.else/note': 'done',
    });
    expect(run.nodes[0]).toMatchObject({ kind: 'step', step: 'load', input: { month: '2001-02' }, attempts: 1 });
  });

  test('has the type of the pipeline once it succeeded', async () => {
    const run = await testRun(sales, { params: { month: '2001-02' } });
    if (run.outcome !== 'succeeded') throw new Error(run.outcome);
    expectTypeOf(run.value).toEqualTypeOf<{ sum: number; words: string }>();
  });

  test('needs params, unless all have defaults', async () => {
    const free = pipeline('free', { params: z.object({ text: z.string().default('x') }) }, ({ text }) =>
      note({ text }),
    );
    expect(await testRun(free)).toMatchObject({ outcome: 'succeeded', value: 'x' });
    expect(await testRun(free, { params: { text: 'y' } })).toMatchObject({ value: 'y' });
    // @ts-expect-error a param is missing
    await expect(testRun(sales, {})).rejects.toThrow('month: is required');
    // @ts-expect-error a param of another type
    await expect(testRun(sales, { params: { month: 3 } })).rejects.toMatchObject({ type: FailureType.InvalidParams });
  });
});

describe('stubs', () => {
  test('stand in for every node of a step, or for one', async () => {
    const two = pipeline('two', { params: z.object({}) }, () => [
      note({ text: 'a' }),
      note({ text: 'b' }, { id: 'other' }),
    ]);
    const all = stub(note, ({ text }) => `${text}!`);
    expect(await testRun(two, { stubs: [all] })).toMatchObject({ value: ['a!', 'b!'] });
    const one = stub(note, 'fixed', { node: 'other' });
    const run = await testRun(two, { stubs: [one, all] });
    expect(run).toMatchObject({ value: ['a!', 'fixed'] });
    expect(run.nodes.map(({ stubbed }) => stubbed)).toEqual([true, true]);
  });

  test('get the checked input, with defaults, and the context of the node', async () => {
    const seen: unknown[] = [];
    const stubbed = stub(load, (input, ctx) => {
      expectTypeOf(input).toEqualTypeOf<{ month: string; scale: number }>();
      seen.push(input, ctx.node);
      return { amounts: [1] };
    });
    await testRun(sales, { params: { month: '2001-02' }, stubs: [stubbed] });
    expect(seen).toEqual([{ month: '2001-02', scale: 1 }, 'load']);
  });

  test('have the types of the step, and are checked by its schemas', async () => {
    // @ts-expect-error an output of another type
    const wrong = stub(load, () => ({ amounts: ['1'] }));
    // @ts-expect-error an output of another type
    stub(load, { amounts: '1' });
    // @ts-expect-error an input that the step does not have
    stub(load, ({ year }) => ({ amounts: [year] }));
    const run = await testRun(sales, { params: { month: '2001-02' }, stubs: [wrong] });
    expect(run.outcome).toBe('held');
    expect(run.faults[0]).toMatchObject({ node: 'load', type: FailureType.InvalidValue });
    expect(run.faults[0]?.message).toContain('the output of step "load" does not match its schema');
  });

  test('must fit something in the pipeline', async () => {
    const params = { month: '2001-02' };
    const unknown = step('lod', { input: z.object({}), output: z.string() }, () => '');
    await expect(testRun(sales, { params, stubs: [stub(unknown, '')] })).rejects.toMatchObject({
      message: 'there is a stub for the step "lod", which the pipeline does not use',
      hint: 'Did you mean "load"?',
    });
    const misplaced = stub(note, '', { node: 'when.thn/note' });
    await expect(testRun(sales, { params, stubs: [misplaced] })).rejects.toMatchObject({
      hint: 'Did you mean "when.then/note"?',
    });
    const twin = step('note', { input: z.object({ text: z.string() }), output: z.string() }, () => '');
    await expect(testRun(sales, { params, stubs: [stub(twin, '')] })).rejects.toThrow('is for another step');
  });
});

describe('control nodes', () => {
  const Found = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), text: z.string() }),
    z.object({ kind: z.literal('b') }),
  ]);
  const find = step(
    'find',
    {
      input: z.object({}),
      output: z.object({ found: Found, maybe: z.string().nullable(), keys: z.array(z.string()) }),
    },
    () => ({ found: { kind: 'b' as const }, maybe: null, keys: [] }),
  );
  const all = pipeline('all', { params: z.object({}) }, () => {
    const { found, maybe, keys } = find({});
    return {
      matched: match(found, 'kind', { a: ({ text }) => note({ text }), b: () => note({ text: 'is b' }) }),
      presented: present(maybe, (text) => note({ text }, { id: 'there' })),
      mapped: map(keys, (key) => note({ text: key })),
      reduced: reduce(keys, { text: '' }, (_, key) => ({ text: note({ text: key }) })),
      inner: sales({ month: '2001-01' }).sum,
      otherwise: orElse(maybe, 'nothing'),
    };
  });

  test('match, present, map, reduce, a pipeline in a pipeline and orElse', async () => {
    const empty = await testRun(all);
    expect(empty).toMatchObject({
      outcome: 'succeeded',
      value: { matched: 'is b', presented: null, mapped: [], reduced: { text: '' }, inner: 6, otherwise: 'nothing' },
    });
    const given = { found: { kind: 'a' as const, text: 'is a' }, maybe: 'here', keys: ['x', 'y'] };
    const full = await testRun(all, { stubs: [stub(find, given)] });
    expect(full.value).toEqual({
      matched: 'is a',
      presented: 'here',
      mapped: ['x', 'y'],
      reduced: { text: 'y' },
      inner: 6,
      otherwise: 'here',
    });
    expect(statesOf(full)).toMatchObject({
      'match.a/note': 'done',
      'match.b/note': 'skipped',
      'map[x]/note': 'done',
      'reduce[y]/note': 'done',
      'sales/load': 'done',
    });
  });

  test('a map bears the faults it may, and holds at the next', async () => {
    const shops = step('shops', { input: z.object({}), output: z.array(z.string()) }, () => ['a', 'b', 'c']);
    const lossy = pipeline('lossy', { params: z.object({}) }, () =>
      map(shops({}), (shop) => note({ text: shop }), { minSuccess: 2 }),
    );
    const failing = (...names: string[]) =>
      stub(note, ({ text }) => {
        if (names.includes(text)) throw new Error(`no ${text}`);
        return text;
      });
    const one = await testRun(lossy, { stubs: [failing('b')] });
    expect(one).toMatchObject({ outcome: 'succeeded', value: ['a', null, 'c'] });
    expect(one.nodes.find(({ node }) => node === 'map[b]/note')).toMatchObject({
      state: 'failed',
      attempts: 3,
      fault: { message: 'no b' },
    });
    const two = await testRun(lossy, { stubs: [failing('a', 'b')] });
    expect(two).toMatchObject({ outcome: 'held', value: null, faults: [{ node: 'map[b]/note', message: 'no b' }] });
    expect(statesOf(two)).toMatchObject({ 'map[a]/note': 'failed', 'map[b]/note': 'held', 'map[c]/note': 'done' });
  });

  test('a stub may stand in at one item of a map', async () => {
    const keys = stub(find, { found: { kind: 'b' }, maybe: null, keys: ['x', 'y'] });
    const run = await testRun(all, { stubs: [keys, stub(note, 'only y', { node: 'map[y]/note' })] });
    expect(run.value).toMatchObject({ mapped: ['x', 'only y'] });
  });

  test('reject ends the run, and onExit reads how', async () => {
    const ended: string[] = [];
    const tell = step('tell', { input: z.object({ outcome: z.string() }), output: z.null() }, ({ outcome }) => {
      ended.push(outcome);
      return null;
    });
    const gated = pipeline('gated', { params: z.object({ good: z.boolean() }) }, ({ good }) => {
      onExit((run) => tell({ outcome: run.outcome }));
      when(
        good,
        () => note({ text: 'fine' }),
        () => reject({ reason: 'bad' }),
      );
      return note({ text: 'after' });
    });
    const bad = await testRun(gated, { params: { good: false } });
    expect(bad).toMatchObject({ outcome: 'rejected', value: { reason: 'bad' } });
    expect(statesOf(bad)).toMatchObject({ 'when.else/reject': 'done', 'on-exit/tell': 'done' });
    expect(statesOf(bad)).not.toHaveProperty('note');
    await testRun(gated, { params: { good: true } });
    expect(ended).toEqual(['rejected', 'succeeded']);
    const broken = await testRun(gated, { params: { good: true }, stubs: [stub(tell, () => fail())] });
    expect(broken).toMatchObject({ outcome: 'succeeded', faults: [] });
    expect(statesOf(broken)).toMatchObject({ 'on-exit/tell': 'failed' });
  });

  test('a step rejects with reason and details', async () => {
    const run = await testRun(sales, {
      params: { month: '2001-02' },
      stubs: [stub(load, (_, ctx) => ctx.reject('too few', { rows: 1 }))],
    });
    expect(run).toMatchObject({ outcome: 'rejected', value: { reason: 'too few', details: { rows: 1 } } });
  });
});

describe('faults', () => {
  const params = { month: '2001-02' };
  const flaky = (failures: number) => {
    let calls = 0;
    return stub(load, () => {
      calls += 1;
      if (calls <= failures) throw new Error(`broken ${calls}`);
      return { amounts: [1] };
    });
  };

  test('a step is tried as often as it says, without waiting', async () => {
    const run = await testRun(sales, { params, stubs: [flaky(2)] });
    expect(run).toMatchObject({ outcome: 'succeeded', value: { sum: 1 } });
    expect(run.nodes[0]).toMatchObject({ node: 'load', attempts: 3, fault: null });
  });

  test('then the run is held; what does not need the node goes on', async () => {
    const beside = pipeline('beside', { params: z.object({}) }, () => [
      load({ month: '2001-01' }),
      note({ text: 'x' }),
    ]);
    const run = await testRun(beside, { stubs: [flaky(3)] });
    expect(run).toMatchObject({ outcome: 'held', value: null, faults: [{ node: 'load', message: 'broken 3' }] });
    expect(statesOf(run)).toEqual({ load: 'held', note: 'done' });
  });

  test('decisions given in advance are taken one after the other', async () => {
    const retried = await testRun(sales, { params, stubs: [flaky(4)], onHeld: { load: 'retry' } });
    expect(retried.nodes[0]).toMatchObject({ attempts: 5 });
    expect(retried.outcome).toBe('succeeded');
    const again = await testRun(sales, { params, stubs: [flaky(9)], onHeld: { load: ['retry', 'abort'] } });
    expect(again).toMatchObject({ outcome: 'aborted', value: null, faults: [{ node: 'load', message: 'broken 6' }] });
    const late = await testRun(sales, { params, stubs: [flaky(9)], onHeld: { load: 'expire' } });
    expect(late).toMatchObject({ outcome: 'failed', faults: [{ message: 'broken 3' }] });
    const skipped = await testRun(sales, { params, stubs: [flaky(9)], onHeld: { load: { skip: { amounts: [7] } } } });
    expect(skipped).toMatchObject({ outcome: 'succeeded', value: { sum: 7 } });
    const wrong = { load: { skip: { amounts: ['7'] } } };
    await expect(testRun(sales, { params, stubs: [flaky(9)], onHeld: wrong })).rejects.toThrow(
      'does not match its output',
    );
    const stubs = [stub(note, () => fail())];
    const bySuffix = await testRun(sales, { params, stubs, onHeld: { 'when.else/note': 'abort' } });
    expect(bySuffix.outcome).toBe('aborted');
    await expect(testRun(sales, { params, onHeld: { note: 'abort' } })).rejects.toThrow('may be when.then/note or');
    await expect(testRun(sales, { params, onHeld: { lod: 'retry' } })).rejects.toThrow('"lod" of the option "onHeld"');
  });

  test('an error that would come again is not retried', async () => {
    const wrong = new PawlError(FailureType.InvalidData, 'no such column', { hint: 'Add it.', retryable: false });
    const stubs = [stub(load, () => Promise.reject(wrong))];
    const run = await testRun(sales, { params, stubs });
    expect(run.nodes[0]).toMatchObject({ attempts: 1, state: 'held' });
    expect(run.faults).toEqual([{ node: 'load', type: 'InvalidData', message: 'no such column', hint: 'Add it.' }]);
  });

  test('an attempt that takes longer than its timeout is a failed one, and is told to stop', async () => {
    const signals: AbortSignal[] = [];
    const slow = step(
      'slow',
      { input: z.object({}), output: z.null(), timeout: 20, retry: { attempts: 2 } },
      (_, ctx) => {
        signals.push(ctx.signal);
        return new Promise<null>(() => {});
      },
    );
    const run = await testRun(pipeline('late', { params: z.object({}) }, () => slow({})));
    expect(run).toMatchObject({ outcome: 'held', faults: [{ node: 'slow' }] });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('people, events and time', () => {
  const release = pipeline('release', { params: z.object({}) }, () => {
    const labels = waitFor('labels', z.object({ file: z.string() }), { timeout: '6h' });
    const pause = sleep('30d', { after: labels });
    const signed = approval({
      ask: 'Publish?',
      show: { labels },
      form: z.object({ level: z.int().default(1) }),
      roles: ['owner'],
      expires: '2d',
      quorum: 2,
      after: pause,
    });
    return { labels, signed };
  });

  test('answers are given in advance, and time passes at once', async () => {
    const run = await testRun(release, {
      now: '2001-03-01T00:00:00Z',
      events: { labels: { file: 'a.csv' } },
      approvals: {
        approval: [
          { by: 'ada', value: {} },
          { by: 'bob', value: { level: 3 } },
        ],
      },
    });
    expect(run.value).toMatchObject({
      labels: { file: 'a.csv' },
      signed: { approved: true, expired: false, value: { level: 3 } },
    });
    if (run.outcome !== 'succeeded') throw new Error(run.outcome);
    expect(run.value.signed.decisions.map(({ at }) => at)[0]).toBe('2001-03-31T00:00:00.000Z');
  });

  test('nobody comes: what has a time limit expires, and what has none waits', async () => {
    const run = await testRun(release);
    expect(run.value).toMatchObject({ labels: null, signed: { approved: false, expired: true, decisions: [] } });
    const endless = pipeline('endless', { params: z.object({}) }, () => approval({ ask: 'Well?' }));
    const waiting = await testRun(endless);
    expect(waiting).toMatchObject({ outcome: 'waiting', value: null, faults: [] });
    expect(statesOf(waiting)).toEqual({ approval: 'waiting' });
  });

  test('who may decide later, does so then', async () => {
    const slow = pipeline('slow', { params: z.object({}) }, () =>
      approval({ ask: 'Well?', roles: ['owner'], escalate: { after: '1d', roles: ['boss'] }, expires: '3d' }),
    );
    const decide = (decision: object) => testRun(slow, { approvals: { approval: decision } });
    const at = (time: string) => ({ value: { approved: true, decisions: [{ at: time }] } });
    expect(await decide({})).toMatchObject({ value: { approved: true, escalated: false } });
    expect(await decide({ role: 'boss' })).toMatchObject(at('2001-01-02T00:00:00.000Z'));
    expect(await decide({ after: '2d' })).toMatchObject(at('2001-01-03T00:00:00.000Z'));
    await expect(decide({ role: 'boss', after: '1h' })).rejects.toThrow('lets only owner decide');
    expect(await decide({ after: '3d' })).toMatchObject({ value: { expired: true, escalated: true } });
  });

  test('who decides may look at what is shown', async () => {
    const events = { labels: { file: 'a.csv' } };
    const approvals = {
      approval: ({ show }: { show: unknown }) => ({
        approved: !JSON.stringify(show).includes('a.csv'),
        reason: 'seen',
      }),
    };
    const run = await testRun(release, { events, approvals });
    expect(run.value).toMatchObject({
      signed: { approved: false, decisions: [{ by: 'somebody', role: 'owner', reason: 'seen' }] },
    });
  });

  test('what a run would refuse is refused', async () => {
    const decide = (decision: object) => testRun(release, { approvals: { approval: decision } });
    await expect(decide({ role: 'guest' })).rejects.toThrow('lets only owner decide');
    await expect(decide({ value: { level: 'high' } })).rejects.toThrow('the value for "approval" does not match');
    await expect(decide({ approved: false, value: {} })).rejects.toThrow('a refusal fills nothing in');
    await expect(testRun(release, { events: { labels: {} } })).rejects.toThrow('the value for "labels"');
    await expect(testRun(release, { events: { label: {} } })).rejects.toMatchObject({ hint: 'Did you mean "labels"?' });
  });
});

describe('what surrounds a run', () => {
  test('the nominal time, the environment, the seed and a folder', async () => {
    const look = step('look', { input: z.object({}), output: z.json() }, (_, { run, seed, scratch }) => ({
      nominalTime: run.nominalTime,
      environment: run.environment,
      seed,
      scratch: scratch.length > 0,
    }));
    const looking = pipeline('looking', { params: z.object({}) }, () => look({}));
    const run = await testRun(looking, { now: new Date('2001-03-02T06:00:00Z'), environment: 'prod' });
    expect(run.value).toEqual({
      nominalTime: '2001-03-02T06:00:00.000Z',
      environment: 'prod',
      seed: seedOf('looking', 'look'),
      scratch: true,
    });
  });

  test('secrets are given, and do not leave the step', async () => {
    const ask = step(
      'ask',
      { input: z.object({ password: secretText() }), output: z.string() },
      ({ password }, ctx) => {
        ctx.log.info(`asking with ${password.reveal()}`);
        return String(password.reveal().length);
      },
    );
    const asking = pipeline('asking', { params: z.object({}) }, () => ask({ password: secret('DB_PASSWORD') }));
    const secrets = { DB_PASSWORD: 'hunter22' };
    const run = await testRun(asking, { secrets });
    expect(run).toMatchObject({ value: '8', logged: [{ node: 'ask', message: 'asking with [secret DB_PASSWORD]' }] });
    expect(run.nodes[0]?.input).toEqual({ password: { $secret: 'DB_PASSWORD' } });
    await expect(testRun(asking)).rejects.toThrow('the pipeline uses the secret "DB_PASSWORD"');
    const leaking = stub(ask, ({ password }) => password.reveal());
    const leak = await testRun(asking, { secrets, stubs: [leaking] });
    expect(leak).toMatchObject({ outcome: 'held', faults: [{ type: 'InvalidValue' }] });
  });

  test('a run after another finds what that one put out', async () => {
    const grow = step('grow', { input: z.object({}), output: z.number() }, async (_, ctx) => {
      const before = await ctx.previous();
      return before === null ? 1 : Number(before.output) + 1;
    });
    const growing = pipeline('growing', { params: z.object({}) }, () => grow({}));
    const first = await testRun(growing);
    expect(await testRun(growing, { previous: first })).toMatchObject({ value: 2 });
    expect(await testRun(growing, { previous: { grow: 41 } })).toMatchObject({ value: 42 });
  });
});

function fail(): never {
  throw new Error('broken');
}
